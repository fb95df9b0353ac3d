namespace Waggle.Delivery;

/// <summary>Messages in memory, one behind the other: what a record is in the words of one form.</summary>
public sealed class MessageBuffer(int capacity) : IMessageWriter
{
    private byte[] _bytes = new byte[Math.Max(capacity, 16)];
    private int _length;
    private List<int>? _ends;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Where each message ends; null where there is one at most.</summary>
    public int[]? Ends
    {
        get
        {
            if (_ends is null) return null;
            if (_ends[^1] != _length) _ends.Add(_length);
            return _ends.Count == 1 ? null : [.. _ends];
        }
    }

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
