namespace Waggle.Dialects.Hosting;

/// <summary>Tracks the offset up to which a client has certainly received its messages, by its answers to pings.</summary>
internal sealed class AckTracker
{
    private long _pinged;
    private long _pingedBefore;

    public long Heard { get; private set; }

    /// <summary>Records a ping, with the offset of the log.</summary>
    public void Pinged(long head) => (_pingedBefore, _pinged) = (_pinged, head);

    /// <summary>Records an answer: the client has received the messages before the last ping but one. Those in flight count with the next answer.</summary>
    public void Answered() => Heard = Math.Max(Heard, _pingedBefore);

    /// <summary>Records an orderly close by the client.</summary>
    public void Parted(long head) => Heard = head;
}
