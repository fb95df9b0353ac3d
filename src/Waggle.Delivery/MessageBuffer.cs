namespace Waggle.Delivery;

/// <summary>Encoded messages in memory, one after the other. A renderer writes a record into it. Not thread-safe.</summary>
public sealed class MessageBuffer(int capacity) : IMessageWriter
{
    private byte[] _bytes = new byte[Math.Max(capacity, 16)];
    private int _length;
    private List<int>? _ends;

    /// <summary>Gets the bytes written so far.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Gets the index of the end of each message; null if there is at most one message.</summary>
    public int[]? Ends
    {
        get
        {
            if (_ends is null) return null;
            if (_ends[^1] != _length) _ends.Add(_length);
            return _ends.Count == 1 ? null : [.. _ends];
        }
    }

    /// <inheritdoc />
    public void Next()
    {
        if (_length > (_ends is null ? 0 : _ends[^1])) (_ends ??= []).Add(_length);
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Room(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Room(sizeHint);
        return _bytes.AsSpan(_length);
    }

    private void Room(int count)
    {
        if (_bytes.Length - _length < Math.Max(count, 1)) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
    }
}
