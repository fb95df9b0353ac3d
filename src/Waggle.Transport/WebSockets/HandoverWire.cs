using System.Buffers.Binary;
using System.Net.Sockets;
using Waggle.Transport.Wires;

namespace Waggle.Transport.WebSockets;

/// <summary>
/// A WebSocket that came by an ordinary upgrade over plain TCP. It begins in the server's pipe, behind the answer to the upgrade, and goes on straight to
/// the socket when nothing can be left in that pipe: a ping goes through it behind everything else, and its pong proves that the client has read all before it.
/// Nothing else may write to the connection beneath.
/// </summary>
public sealed class HandoverWire(Wire pipe, Socket socket) : Wire
{
    // Only a small write carries the question: under load there is enough to save by writing much at once.
    private const int MaxCarrier = 1024;
    private const int PingSize = 2 + sizeof(uint);

    // Writes into the pipe so far, and up to which of them the question and its answer went. The writer's, but for the answer.
    private uint _written;
    private uint _asked;
    private uint _answered;
    private bool _direct;

    public override string RemoteAddress => pipe.RemoteAddress;

    public override System.IO.Pipelines.PipeReader Input => pipe.Input;

    /// <summary>Whether it writes to the socket by now.</summary>
    public bool IsDirect => Volatile.Read(ref _direct);

    /// <summary>A pong came, to whichever ping.</summary>
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

        // A pipe takes all or nothing.
        _written++;
        _asked = _written;
        return bytes.Length;
    }
}
