namespace Waggle.Transport;

/// <summary>
/// The round trip of a keep-alive: the time from a ping to its own pong, as the process's clock measures it. Each ping has a number, which the pong returns, so
/// a late pong is not taken for the answer to a later ping. Pings and pongs may come from different threads.
/// </summary>
public sealed class RoundTrip
{
    private readonly Lock _lock = new();
    private long _number;
    private long? _sentAt;
    private long _last = -1;
    private long _jitter = -1;

    /// <summary>The last round trip; null before the first.</summary>
    public TimeSpan? Last => Volatile.Read(ref _last) is >= 0 and var ticks ? new(ticks) : null;

    /// <summary>
    /// The mean difference of consecutive round trips, smoothed by a sixteenth at each one as the jitter of RFC 3550 is; null before the second.
    /// </summary>
    public TimeSpan? Jitter => Volatile.Read(ref _jitter) is >= 0 and var ticks ? new(ticks) : null;

    /// <summary>Notes a ping that is about to be sent.</summary>
    /// <returns>The number of the ping.</returns>
    public long Sent(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        lock (_lock)
        {
            _sentAt = time.GetTimestamp();
            return ++_number;
        }
    }

    /// <summary>Notes a pong. A pong that does not belong to the last ping, or that comes a second time, is ignored.</summary>
    /// <param name="number">The number of the ping that it answers.</param>
    public void Answered(long number, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        lock (_lock)
        {
            if (number != _number || _sentAt is not { } sentAt) return;
            _sentAt = null;
            var ticks = time.GetElapsedTime(sentAt).Ticks;
            if (_last >= 0)
            {
                var difference = Math.Abs(ticks - _last);
                Volatile.Write(ref _jitter, _jitter < 0 ? difference : _jitter + ((difference - _jitter) / 16));
            }

            Volatile.Write(ref _last, ticks);
        }
    }
}
