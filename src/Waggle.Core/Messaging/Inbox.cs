namespace Waggle.Core.Messaging;

/// <summary>The messages that wait for one agent, in the order of sending. Used by the owner's loop alone.</summary>
internal sealed class Inbox
{
    /// <summary>The messages that a worker has at a time without an acknowledgement.</summary>
    public const int Window = 32;

    private readonly SortedDictionary<long, MessageEntity> _waiting = [];
    private long _delivered;
    private int _underway;

    public int Count => _waiting.Count;

    public long Bytes { get; private set; }

    public IEnumerable<MessageEntity> Messages => _waiting.Values;

    public void Add(MessageEntity message)
    {
        Bytes += message.Bytes;
        _waiting[message.Seq] = message;
    }

    public void Remove(MessageEntity message)
    {
        if (!_waiting.Remove(message.Seq)) return;
        Bytes -= message.Bytes;
        if (message.Seq <= _delivered) _underway--;
    }

    /// <summary>Another connection begins: nothing is delivered yet.</summary>
    public void Restart()
    {
        _delivered = 0;
        _underway = 0;
    }

    /// <summary>Returns the next messages to deliver, within the window.</summary>
    public List<MessageEntity> Take()
    {
        var next = new List<MessageEntity>();
        if (_underway >= Window) return next;
        foreach (var (seq, message) in _waiting)
        {
            if (seq <= _delivered) continue;
            next.Add(message);
            _delivered = seq;
            if (++_underway == Window) break;
        }

        return next;
    }
}
