using System.Collections.Concurrent;
using Waggle.Delivery;

namespace Waggle.Server.Hosting;

/// <summary>One client that is here now, whatever road it came by.</summary>
/// <param name="Kind">websocket | event_stream | poll</param>
internal sealed record HubClient(string Id, string Kind, string Remote, DateTimeOffset Since, Action Abort)
{
    public Func<string?> Agent { get; init; } = () => null;
    public Func<string?> Software { get; init; } = () => null;
    public Func<ConnectionStats?> Stats { get; init; } = () => null;
}

/// <summary>Who is here. Each is waited for when the hub ends.</summary>
internal sealed class Clients
{
    private readonly ConcurrentDictionary<HubClient, Task> _runs = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<HubClient> All => [.. _runs.Keys.OrderBy(c => c.Since)];

    public Task Ended => Task.WhenAll(_runs.Values);

    public async Task RunAsync(HubClient client, Func<Task> work)
    {
        var run = work();
        _runs[client] = run;
        try
        {
            await run;
        }
        finally
        {
            _runs.TryRemove(client, out _);
        }
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
                // It ended by itself in this very moment.
            }
        }
    }
}
