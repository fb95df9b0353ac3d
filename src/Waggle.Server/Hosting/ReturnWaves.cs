namespace Waggle.Server.Hosting;

/// <summary>
/// Computes the time for each client of a stopping hub to reconnect: after the time of a restart, and then one after the other at a rate that a hub can accept.
/// The total time grows with the number of clients. Each client has a place of its own, drawn within its turn.
/// </summary>
internal sealed class ReturnWaves(Random dice)
{
    private const int PerSecond = 2500;

    // Beyond this the turns start again, because a client that waits for minutes takes the hub for lost.
    private const int Turns = 60 * PerSecond;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private int _turn;

    public TimeSpan Next()
    {
        lock (_lock) return First + TimeSpan.FromSeconds((_turn++ % Turns + dice.NextDouble()) / PerSecond);
    }
}
