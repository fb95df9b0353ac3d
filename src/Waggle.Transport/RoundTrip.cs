namespace Waggle.Transport;

/// <summary>
/// The round trip of a keep-alive: the time from a ping to its pong, as the process's clock measures it. A ping that follows an unanswered one makes the next
/// pong ambiguous, so that pair is not measured (Karn's rule, RFC 6298). Pings and pongs may come from different threads.
/// </summary>
public sealed class RoundTrip
{
    private const long None = 0;
    private const long Ambiguous = -1;

    private long _sentAt;
    private long _last = -1;
    private long _jitter = -1;

    /// <summary>The last round trip; null before the first.</summary>
    public TimeSpan? Last => Volatile.Read(ref _last) is >= 0 and var ticks ? new(ticks) : null;

    /// <summary>
    /// The mean difference of consecutive round trips, smoothed by a sixteenth at each one as the jitter of RFC 3550 is; null before the second.
    /// </summary>
    public TimeSpan? Jitter => Volatile.Read(ref _jitter) is >= 0 and var ticks ? new(ticks) : null;

    /// <summary>Notes a ping that is about to be sent.</summary>
    public void Sent(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = Math.Max(1, time.GetTimestamp());
        if (Interlocked.CompareExchange(ref _sentAt, now, None) != None) Volatile.Write(ref _sentAt, Ambiguous);
    }

    /// <summary>Notes a pong. A pong without a ping is ignored.</summary>
    public void Answered(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var sentAt = Interlocked.Exchange(ref _sentAt, None);
        if (sentAt is None or Ambiguous) return;
        var ticks = time.GetElapsedTime(sentAt).Ticks;
        if (_last >= 0)
        {
            var difference = Math.Abs(ticks - _last);
            Volatile.Write(ref _jitter, _jitter < 0 ? difference : _jitter + ((difference - _jitter) / 16));
        }

        Volatile.Write(ref _last, ticks);
    }
}
