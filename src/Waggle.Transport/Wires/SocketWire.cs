using System.IO.Pipelines;
using System.Net.Sockets;

namespace Waggle.Transport.Wires;

/// <summary>
/// Plain TCP: bytes go straight to the non-blocking socket, without a pipe and its copy, flush and scheduling between. Nothing else may ever write to this socket.
/// How a connection ends its host knows.
/// </summary>
public abstract class SocketWire : Wire
{
    private readonly Socket _socket;

    protected SocketWire(Socket socket, PipeReader input, string remoteAddress)
    {
        _socket = socket;
        Input = input;
        RemoteAddress = remoteAddress;

        // A blocking socket would hold the sending thread for as long as its client does not read.
        socket.Blocking = false;
        socket.NoDelay = true;
    }

    public sealed override string RemoteAddress { get; }

    public sealed override PipeReader Input { get; }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var sent = _socket.Send(bytes, SocketFlags.None, out var error);
            return error switch
            {
                SocketError.Success => sent,
                SocketError.WouldBlock or SocketError.IOPending or SocketError.NoBufferSpaceAvailable => 0,
                _ => throw new IOException($"The connection is gone ({error})."),
            };
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The connection is gone.", e);
        }
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0) bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("The connection is gone.", e);
        }
    }
}
