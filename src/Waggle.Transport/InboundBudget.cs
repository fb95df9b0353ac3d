namespace Waggle.Transport;

/// <summary>
/// The amount that one connection may still send: a token bucket for frames and one for bytes. The reader pays for data after it read them, so a balance may
/// fall below zero and then determines how long the connection stays unread. Not thread-safe: it belongs to the connection's reader.
/// </summary>
public sealed class InboundBudget(InboundLimits limits, TimeProvider time)
{
    private const double BurstSeconds = 2;

    private double _frames = limits.FramesPerSecond * BurstSeconds;
    private double _bytes = limits.BytesPerSecond * BurstSeconds;
    private long _since = time.GetTimestamp();

    /// <summary>Pays for data that was read. Returns zero to read on, else the time until the balance is zero again.</summary>
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
