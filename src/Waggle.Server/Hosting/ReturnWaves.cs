namespace Waggle.Server.Hosting;

/// <summary>
/// When each client of a stopping hub is to come back: not before a restart can be over, and then one after the other at a pace that a hub can greet them
/// at. The more there are, the longer it takes; each has a place of its own, drawn within its turn.
/// </summary>
internal sealed class ReturnWaves(Random dice)
{
    private const int PerSecond = 2500;

    // Beyond this the turns begin anew: a client that waits for minutes takes the hub for lost.
    private const int Turns = 60 * PerSecond;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private int _turn;

    public TimeSpan Next()
    {
        lock (_lock) return First + TimeSpan.FromSeconds((_turn++ % Turns + dice.NextDouble()) / PerSecond);
    }
}
