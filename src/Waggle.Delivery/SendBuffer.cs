using Waggle.Transport.WebSockets;

namespace Waggle.Delivery;

/// <summary>
/// Collects the frames of one write, so that one call sends many messages. There is one buffer per thread, because a connection that has nothing to send must
/// not hold a buffer.
/// </summary>
internal sealed class SendBuffer : IMessageWriter
{
    private const int FirstSize = 64 * 1024;

    // A thread does not keep a larger buffer after one large message.
    private const int KeptSize = 1024 * 1024;

    // The size of the most frequent frame header. The payload moves only if its header has another size.
    private const int ReservedHeader = 4;
    private const int NoFrame = -1;

    [ThreadStatic]
    private static SendBuffer? Kept;

    private byte[] _bytes = new byte[FirstSize];
    private int _length;
    private int _frame = NoFrame;
    private Opcode _opcode;

    /// <summary>Gets the buffer of this thread, emptied. It must not be held across an await.</summary>
    public static SendBuffer Mine
    {
        get
        {
            var mine = Kept ??= new SendBuffer();
            if (mine._bytes.Length > KeptSize) mine._bytes = new byte[FirstSize];
            mine._length = 0;
            mine._frame = NoFrame;
            mine.Frames = 0;
            return mine;
        }
    }

    /// <summary>Gets the bytes written so far.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public int Length => _length;

    /// <summary>Gets the number of finished frames.</summary>
    public int Frames { get; private set; }

    /// <summary>Discards the bytes after this length.</summary>
    public void Cut(int length) => _length = length;

    /// <summary>Returns bytes that were written, to change them.</summary>
    public Span<byte> At(int index, int length) => _bytes.AsSpan(index, length);

    public void BeginFrame(Opcode opcode = Opcode.Text)
    {
        _opcode = opcode;
        _frame = _length;
        Room(ReservedHeader);
        _length += ReservedHeader;
    }

    public void EndFrame(Opcode opcode)
    {
        var (begin, start) = (_frame, _frame + ReservedHeader);
        var length = _length - start;
        _frame = NoFrame;
        var header = FrameHeader.SizeFor(length);
        if (header != ReservedHeader)
        {
            Room(FrameHeader.MaxWritten);
            _bytes.AsSpan(start, length).CopyTo(_bytes.AsSpan(begin + header));
            _length = begin + header + length;
        }

        FrameHeader.Write(_bytes.AsSpan(begin), opcode, length);
        Frames++;
    }

    /// <summary>Ends the frame of a message and begins another. Without frames it does nothing, because messages contain their own delimiters.</summary>
    public void Next()
    {
        if (_frame == NoFrame) return;
        EndMessage();
        BeginFrame(_opcode);
    }

    /// <summary>Ends the frame of a message. An empty frame is removed.</summary>
    public void EndMessage()
    {
        if (_length > _frame + ReservedHeader)
        {
            EndFrame(_opcode);
            return;
        }

        _length = _frame;
        _frame = NoFrame;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Room(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Room(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Room(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_length);
    }

    private void Room(int count)
    {
        if (_bytes.Length - _length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
    }
}
