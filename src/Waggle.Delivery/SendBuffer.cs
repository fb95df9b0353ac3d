using Waggle.Transport.WebSockets;

namespace Waggle.Delivery;

/// <summary>
/// Where the bytes of one write are put together, frames and all, so that many messages leave in one call. One a thread, because a connection that has
/// nothing to send must not hold a buffer.
/// </summary>
internal sealed class SendBuffer : IMessageWriter
{
    private const int FirstSize = 64 * 1024;

    // One large answer must not cost its thread a large buffer for ever.
    private const int KeptSize = 1024 * 1024;

    // Room for the header of the usual frame; the bytes move only where it is another.
    private const int ReservedHeader = 4;
    private const int NoFrame = -1;

    [ThreadStatic]
    private static SendBuffer? Kept;

    private byte[] _bytes = new byte[FirstSize];
    private int _length;
    private int _frame = NoFrame;

    /// <summary>This thread's own, empty. It must not be held over an await.</summary>
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

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public int Length => _length;

    /// <summary>Frames that were ended.</summary>
    public int Frames { get; private set; }

    /// <summary>Forgets what was put together behind so many bytes.</summary>
    public void Cut(int length) => _length = length;

    public void BeginFrame()
    {
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

    /// <summary>Another message, in a frame of its own. Where there are no frames, messages carry their own ends.</summary>
    public void Next()
    {
        if (_frame == NoFrame) return;
        EndMessage();
        BeginFrame();
    }

    /// <summary>Ends the frame of a message; without one there is no frame.</summary>
    public void EndMessage()
    {
        if (_length > _frame + ReservedHeader)
        {
            EndFrame(Opcode.Text);
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
