namespace Waggle.Transport;

/// <summary>
/// What one connection may still send: a token bucket for frames and one for bytes. What was read is paid for afterwards, so a balance may fall below
/// nothing, and then it says how long to leave the connection unread. Not thread-safe: it belongs to the connection's reader.
/// </summary>
public sealed class InboundBudget(InboundLimits limits, TimeProvider time)
{
    private const double BurstSeconds = 2;

    private double _frames = limits.FramesPerSecond * BurstSeconds;
    private double _bytes = limits.BytesPerSecond * BurstSeconds;
    private long _since = time.GetTimestamp();

    /// <summary>Pays for what was read. Zero: read on; else how long it takes until the balance is even again.</summary>
    public TimeSpan Pay(long frames, long bytes)
    {
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_since, now).TotalSeconds;
        _since = now;
        var wait = Math.Max(Pay(ref _frames, limits.FramesPerSecond, frames, seconds), Pay(ref _bytes, limits.BytesPerSecond, bytes, seconds));
        return TimeSpan.FromSeconds(wait);
    }

    private static double Pay(ref double balance, double rate, long price, double seconds)
    {
        if (rate == 0) return 0;
        balance = Math.Min(balance + (rate * seconds), rate * BurstSeconds) - price;
        return balance < 0 ? -balance / rate : 0;
    }
}
