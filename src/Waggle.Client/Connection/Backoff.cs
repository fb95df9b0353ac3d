namespace Waggle.Client;

/// <summary>
/// Computes the pauses between attempts to connect: doubled from base to cap, ±30 % so that a thousand clients do not return in step. For one thread.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan cap, Random dice)
{
    private const double Jitter = 0.3;
    private int _failures;

    public void Reset() => _failures = 0;

    /// <summary>Returns the next pause.</summary>
    /// <param name="most">The greatest length of the pause; null leaves only the cap.</param>
    /// <param name="least">The least length of the pause, even beyond <paramref name="most"/>; null sets no minimum.</param>
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
        // Several connections may share the same dice.
        lock (dice) draw = dice.NextDouble();
        return TimeSpan.FromMilliseconds(plain * (1 - Jitter + (2 * Jitter * draw)));
    }
}
