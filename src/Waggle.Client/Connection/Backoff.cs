namespace Waggle.Client;

/// <summary>Waits between attempts to connect: doubled from base to cap, ±30 % so that a thousand clients do not come back in step. One thread.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, Random dice)
{
    private const double Jitter = 0.3;
    private int _failures;

    public void Reset() => _failures = 0;

    public TimeSpan Next()
    {
        var factor = Math.Pow(2, Math.Min(_failures++, 30));
        var plain = Math.Min(first.TotalMilliseconds * factor, cap.TotalMilliseconds);
        double draw;
        // Several connections may have been given the same dice.
        lock (dice) draw = dice.NextDouble();
        return TimeSpan.FromMilliseconds(plain * (1 - Jitter + (2 * Jitter * draw)));
    }
}
