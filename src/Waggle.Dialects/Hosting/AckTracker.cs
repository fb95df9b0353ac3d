namespace Waggle.Dialects.Hosting;

/// <summary>Up to which offset a client has surely heard what it was sent, by its answers to pings.</summary>
internal sealed class AckTracker
{
    private long _pinged;
    private long _pingedBefore;

    public long Heard { get; private set; }

    /// <summary>The client is pinged when the log is at this offset.</summary>
    public void Pinged(long head) => (_pingedBefore, _pinged) = (_pinged, head);

    /// <summary>The client answers, and so has taken what was sent before the last ping but one; what was on its way then is counted with the next.</summary>
    public void Answered() => Heard = Math.Max(Heard, _pingedBefore);

    /// <summary>The client closes in good order.</summary>
    public void Parted(long head) => Heard = head;
}
