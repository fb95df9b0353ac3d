using System.Runtime.CompilerServices;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>
/// Agents whose processes runners start. An operator runs a runner (<c>waggle runner</c>) with a template for each role; without one, nothing is started.
/// Thread-safe.
/// </summary>
/// <remarks>Every method throws <see cref="WaggleException"/> with the hub's error code.</remarks>
/// <example>
/// Starts two agents and waits until their processes are there.
/// <code>
/// var spawned = await client.Spawns.SpawnAsync("coder", count: 2);
/// foreach (var spawn in spawned) Console.WriteLine($"{spawn.Agent}: {(await client.Spawns.WaitAsync(spawn.Id)).State}");
/// </code>
/// </example>
public sealed class WaggleSpawns
{
    private readonly WaggleClient _client;

    internal WaggleSpawns(WaggleClient client) => _client = client;

    /// <summary>Requests agents of a role. The client does not repeat this after a lost connection.</summary>
    /// <param name="role">The role of a template.</param>
    /// <param name="count">1 to 100. All of them are accepted, or none.</param>
    /// <param name="swarm">The swarm of the agents; null for the default one.</param>
    /// <param name="capabilities">Those of the template's capabilities that the agents get; null for all.</param>
    /// <param name="name">The id of the agent; with a count over 1, the beginning of their ids. Null lets the hub choose.</param>
    /// <exception cref="WaggleException">
    /// <c>NOT_AVAILABLE</c> (no runner has the role), <c>QUOTA_EXCEEDED</c>, <c>RATE_LIMITED</c>, <c>ALREADY_EXISTS</c> (the name), <c>NOT_FOUND</c> (the
    /// swarm), <c>SWARM_STOPPED</c>.
    /// </exception>
    public async Task<IReadOnlyList<SpawnView>> SpawnAsync(
        string role, int count = 1, string? swarm = null, IReadOnlyList<string>? capabilities = null, string? name = null, CancellationToken cancel = default)
    {
        var message = new AgentSpawn { Role = role, Count = count, Swarm = swarm, Capabilities = capabilities, Name = name };
        return (await _client.CommandAsync(message, HubJson.Default.SpawnPage, cancel, repeatable: false)).Spawns;
    }

    /// <summary>Stops an agent that a runner started: it gets no more tasks and finishes its own in the time that its template gives.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_STATE</c> (no runner started it).</exception>
    public async Task<SpawnView> StopAsync(string agent, string? reason = null, CancellationToken cancel = default) =>
        (await _client.CommandAsync(new AgentStop { Agent = agent, Reason = reason }, HubJson.Default.SpawnPage, cancel)).Spawns[0];

    /// <summary>Stops a number of agents of a role, those first that hold the fewest tasks. The client does not repeat this after a lost connection.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>: there is no such agent.</exception>
    public async Task<IReadOnlyList<SpawnView>> StopAsync(
        string role, int count, string? swarm = null, string? reason = null, CancellationToken cancel = default)
    {
        var message = new AgentStop { Role = role, Count = count, Swarm = swarm, Reason = reason };
        return (await _client.CommandAsync(message, HubJson.Default.SpawnPage, cancel, repeatable: false)).Spawns;
    }

    /// <summary>Returns one spawned agent, also after it stopped or failed; null if there is none.</summary>
    public async Task<SpawnView?> GetAsync(string spawn, CancellationToken cancel = default)
    {
        try
        {
            return await _client.CommandAsync(new SpawnShow { Spawn = spawn }, HubJson.Default.SpawnView, cancel);
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Waits until the process of an agent said hello, or the agent stopped or failed, and returns it. It follows the records of the agent over a connection of
    /// its own.
    /// </summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>.</exception>
    public async Task<SpawnView> WaitAsync(string spawn, CancellationToken cancel = default)
    {
        var now = await ShowAsync(spawn, cancel);
        if (IsSettled(now)) return now;
        await using var observer = _client.ObserveAsync([$"agent.{now.Agent}.*"], cancel: cancel);
        await observer.Ready;

        // Between the first look and the subscription the state may have changed without a record for the observer.
        now = await ShowAsync(spawn, cancel);
        if (IsSettled(now)) return now;
        await foreach (var _ in observer.WithCancellation(cancel))
        {
            now = await ShowAsync(spawn, cancel);
            if (IsSettled(now)) return now;
        }

        throw new WaggleException(ClientErrorCodes.Closed, "The client was disposed.");
    }

    /// <summary>Lists spawned agents, the newest first, page by page as they are read.</summary>
    /// <param name="swarm">Only those of this swarm; null: all.</param>
    /// <param name="state">Only those in this state; null: all.</param>
    public async IAsyncEnumerable<SpawnView> ListAsync(
        string? swarm = null, SpawnState? state = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new SpawnList { Swarm = swarm, State = state, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (spawns, next) = await _client.CommandAsync(page, HubJson.Default.SpawnPage, cancel);
            foreach (var spawn in spawns) yield return spawn;
            cursor = next;
        }
        while (cursor is not null);
    }

    /// <summary>Lists the runners with their templates.</summary>
    public async Task<IReadOnlyList<RunnerView>> RunnersAsync(CancellationToken cancel = default) =>
        (await _client.CommandAsync(new RunnerList(), HubJson.Default.RunnerPage, cancel)).Runners;

    private static bool IsSettled(SpawnView spawn) => spawn.State is SpawnState.Running or SpawnState.Stopped or SpawnState.Failed;

    private Task<SpawnView> ShowAsync(string spawn, CancellationToken cancel) =>
        _client.CommandAsync(new SpawnShow { Spawn = spawn }, HubJson.Default.SpawnView, cancel);
}
