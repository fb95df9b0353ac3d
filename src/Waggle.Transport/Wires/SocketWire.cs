using System.IO.Pipelines;
using System.Net.Sockets;

namespace Waggle.Transport.Wires;

/// <summary>
/// A wire over plain TCP. Bytes go directly to the non-blocking socket, without the copy, flush and scheduling of a pipe. No other code may ever write to this
/// socket. The host defines how the connection ends.
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

    public override int TrySend(ReadOnlySpan<byte> bytes) => SocketSends.TrySend(_socket, bytes);

    public override void EndSending() => SocketSends.End(_socket);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => SocketSends.SendAsync(_socket, bytes);
}
