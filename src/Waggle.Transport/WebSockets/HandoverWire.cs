using System.Buffers.Binary;
using System.Net.Sockets;
using Waggle.Transport.Wires;

namespace Waggle.Transport.WebSockets;

/// <summary>
/// A WebSocket that an ordinary upgrade over plain TCP created. It first writes to the server's pipe, after the response to the upgrade. It moves to the socket
/// once the pipe is certainly empty: it sends a ping through the pipe after all other data, and the pong proves that the client has read everything before it.
/// No other code may write to the underlying connection.
/// </summary>
public sealed class HandoverWire(Wire pipe, Socket socket) : Wire
{
    // Only a small write carries the ping, because under load it saves more to combine writes.
    private const int MaxCarrier = 1024;
    private const int PingSize = 2 + sizeof(uint);

    // The number of writes into the pipe, and the numbers at the ping and at its pong. Only the writer changes them, except the pong's.
    private uint _written;
    private uint _asked;
    private uint _answered;
    private bool _direct;

    public override string RemoteAddress => pipe.RemoteAddress;

    public override System.IO.Pipelines.PipeReader Input => pipe.Input;

    /// <summary>Whether the wire now writes to the socket.</summary>
    public bool IsDirect => Volatile.Read(ref _direct);

    /// <summary>Handles a pong, for any ping.</summary>
    public void Answered(ReadOnlySpan<byte> payload)
    {
        if (payload.Length == sizeof(uint)) Volatile.Write(ref _answered, BinaryPrimitives.ReadUInt32BigEndian(payload));
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (_direct || TryHandOver()) return SocketSends.TrySend(socket, bytes);
        if (bytes.Length <= MaxCarrier && Volatile.Read(ref _answered) == _asked) return SendAndAsk(bytes);
        var sent = pipe.TrySend(bytes);
        if (sent > 0) _written++;
        return sent;
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_direct) return SocketSends.SendAsync(socket, bytes);
        _written++;
        return pipe.SendAsync(bytes);
    }

    // Before that, bytes may still be in the pipe, and the end would overtake them.
    public override void EndSending()
    {
        if (_direct) SocketSends.End(socket);
    }

    public override void Abort() => pipe.Abort();

    public override ValueTask DisposeAsync() => pipe.DisposeAsync();

    private bool TryHandOver()
    {
        if (_written == 0 || Volatile.Read(ref _answered) != _written) return false;
        try
        {
            // A blocking socket would hold the sending thread for as long as its client does not read.
            socket.Blocking = false;
            socket.NoDelay = true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("The connection is gone.", e);
        }

        Volatile.Write(ref _direct, true);
        return true;
    }

    private int SendAndAsk(ReadOnlySpan<byte> bytes)
    {
        Span<byte> both = stackalloc byte[MaxCarrier + PingSize];
        bytes.CopyTo(both);
        FrameHeader.Write(both[bytes.Length..], Opcode.Ping, sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(both[(bytes.Length + 2)..], _written + 1);
        var sent = pipe.TrySend(both[..(bytes.Length + PingSize)]);
        if (sent == 0) return 0;

        // A pipe takes all bytes or none.
        _written++;
        _asked = _written;
        return bytes.Length;
    }
}
