using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Packets;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO;

/// <summary>
/// Presents one socket of a namespace as a wire, over the transport that its client uses at the moment. The wire carries WebSocket frames in both directions: a
/// text frame is one packet after the Engine.IO type <c>4</c>, such as <c>42["event",{}]</c>. A close frame that is written ends the client's whole connection,
/// after the packets written before it. Other control frames are dropped, because Engine.IO has its own heartbeat. Attachments of a client are dropped, too:
/// the packet of their event is <c>45</c>, their number, <c>-</c> and the event with its placeholders, so that the reader can reject it.
/// </summary>
internal sealed class NamespaceWire(Socket socket) : Wire
{
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, minimumSegmentSize: 512, useSynchronizationContext: false);

    private const int MaskSize = 4;

    // Engine.IO's message, Socket.IO's event, the number of attachments with its dash, and the digits of an acknowledgement's id.
    private const int MaxPrefix = 2 + 11 + 20;

    private readonly Pipe _input = new(Options);
    private readonly Lock _lock = new();
    private volatile bool _ended;
    private volatile bool _isClosed;

    /// <summary>Whether a close frame was written or the wire was aborted. The connection has ended or is about to end.</summary>
    public bool IsClosed => _isClosed;

    public override string RemoteAddress => socket.Handshake.Address;

    public override PipeReader Input => _input.Reader;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (!socket.Connected) throw Gone();
        return Write(bytes);
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!socket.Connected) throw Gone();
            var taken = Write(bytes.Span);
            bytes = bytes[taken..];
            if (taken == 0) await socket.Client.Session.WhenWritableAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override void Abort()
    {
        // A client that left this namespace may be in others, or join this one again.
        if (socket.Connected) Close(DisconnectReasons.TransportError);
        End();
    }

    public override async ValueTask DisposeAsync()
    {
        End();
        await _input.Reader.CompleteAsync();
    }

    /// <summary>Takes an event of the client. The next event follows when the task has ended.</summary>
    /// <param name="attachments">The number of its attachments, which the wire does not carry.</param>
    /// <param name="id">The id of the requested acknowledgement; null if none is requested.</param>
    /// <param name="json">The event's array.</param>
    internal async ValueTask TakeAsync(int attachments, long? id, ReadOnlyMemory<byte> json)
    {
        if (!TryPut(attachments, id, json.Span)) return;
        try
        {
            await _input.Writer.FlushAsync();
        }
        catch (InvalidOperationException) when (_ended)
        {
            // The wire ended during the call.
        }
    }

    /// <summary>Ends the input, because the socket has disconnected or the reader of the wire has ended.</summary>
    internal void End()
    {
        lock (_lock)
        {
            if (_ended) return;
            _ended = true;
        }

        _input.Writer.Complete();
    }

    private bool TryPut(int attachments, long? id, ReadOnlySpan<byte> json)
    {
        Span<byte> prefix = stackalloc byte[MaxPrefix];
        prefix[0] = EnginePacketType.Message;
        prefix[1] = (byte)(attachments > 0 ? PacketType.BinaryEvent : PacketType.Event);
        var length = 2;
        if (attachments > 0 && Utf8Formatter.TryFormat(attachments, prefix[length..], out var size))
        {
            length += size;
            prefix[length++] = (byte)'-';
        }

        if (id is { } number && Utf8Formatter.TryFormat(number, prefix[length..], out var digits)) length += digits;
        Put(prefix[..length], json);
        return !_ended;
    }

    private void Put(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> json)
    {
        lock (_lock)
        {
            if (_ended) return;
            Span<byte> header = stackalloc byte[FrameHeader.MaxRead];
            var size = FrameHeader.Write(header, Opcode.Text, prefix.Length + json.Length);

            // The frames of a client are masked. A mask of zeros does not change the payload.
            header[1] |= 0x80;
            header.Slice(size, MaskSize).Clear();
            var output = _input.Writer;
            output.Write(header[..(size + MaskSize)]);
            output.Write(prefix);
            output.Write(json);
        }
    }

    // Returns the number of bytes that were taken, which are complete frames.
    private int Write(ReadOnlySpan<byte> frames)
    {
        var (taken, count) = (0, 0);
        for (var rest = frames; !rest.IsEmpty && OpcodeOf(rest) == Opcode.Text; count++)
        {
            EngineFrames.Next(ref rest, out _);
            taken = frames.Length - rest.Length;
        }

        if (taken > 0 && !socket.Client.Session.TryWrite(frames[..taken], count)) return 0;
        if (taken == frames.Length) return taken;
        var control = frames[taken..];
        var opcode = OpcodeOf(control);
        EngineFrames.Next(ref control, out _);

        // The client receives the packets before the close.
        if (opcode == Opcode.Close) Close(DisconnectReasons.ForcedServerClose);
        return frames.Length - control.Length;
    }

    private void Close(string reason)
    {
        _isClosed = true;
        socket.Client.Session.CloseSoon(reason);
    }

    private static Opcode OpcodeOf(ReadOnlySpan<byte> frame) => (Opcode)(frame[0] & 0x0f);

    private static IOException Gone() => new("The socket has disconnected.");
}
