namespace Waggle.Client;

/// <summary>Waits between attempts to connect: doubled from base to cap, ±30 % so that a thousand clients do not come back in step. One thread.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, Random dice)
{
    private const double Jitter = 0.3;
    private int _failures;

    public void Reset() => _failures = 0;

    /// <summary>The next pause.</summary>
    /// <param name="most">It is at most this long; null: no limit but the cap.</param>
    /// <param name="least">It is at least this long, also beyond <paramref name="most"/>; null: no minimum.</param>
    public TimeSpan Next(TimeSpan? most, TimeSpan? least)
    {
        var pause = Next();
        if (pause > most) pause = most.Value;
        return pause < least ? least.Value : pause;
    }

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
