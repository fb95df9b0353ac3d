using System.Collections.Concurrent;

namespace Waggle.Server.Hosting;

/// <summary>The connected clients. The end of the hub waits for each of them.</summary>
internal sealed class Clients
{
    private readonly ConcurrentDictionary<HubClient, Task> _runs = new(ReferenceEqualityComparer.Instance);
    private volatile ReturnWaves? _returns;

    public IReadOnlyList<HubClient> All => [.. _runs.Keys.OrderBy(c => c.Since)];

    public HubCounts Count()
    {
        var all = _runs.Keys;
        var named = all.Where(c => c.Software is not null).GroupBy(c => c.Software!, StringComparer.Ordinal);
        return new(all.Count, all.Count(c => c.User is not null), named.ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal));
    }

    public Task Ended => Task.WhenAll(_runs.Values);

    /// <param name="run">The client's work, from now to its end.</param>
    public async Task RunAsync(HubClient client, Task run)
    {
        _runs[client] = run;
        try
        {
            // This client came while the hub drained the others.
            if (_returns is { } returns) client.Drain(returns.Next());
            await run;
        }
        finally
        {
            _runs.TryRemove(client, out _);
        }
    }

    public void StopReading()
    {
        foreach (var client in _runs.Keys) client.StopReading();
    }

    /// <summary>Sends every client the time to reconnect. Workers come first, because they have running tasks.</summary>
    public void Drain(ReturnWaves returns)
    {
        _returns = returns;
        foreach (var client in _runs.Keys.OrderBy(c => c.Agent is null)) client.Drain(returns.Next());
    }

    public void Abort()
    {
        foreach (var client in _runs.Keys)
        {
            try
            {
                client.Abort();
            }
            catch (ObjectDisposedException)
            {
                // The client ended at this moment.
            }
        }
    }
}
