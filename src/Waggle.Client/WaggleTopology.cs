using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>The topologies of swarms: who of their agents may give tasks and messages to whom. Thread-safe.</summary>
/// <remarks>Every method throws <see cref="WaggleException"/> with the hub's error code.</remarks>
/// <example>
/// <code>
/// await client.Topology.SetAsync("writers", new TopologySpec { Kind = TopologyKind.Star, Leads = ["chief"] }, "one agent checks the work");
/// TopologyPage places = await client.Topology.GetAsync("writers");
/// foreach (var member in places.Members) Console.WriteLine($"{member.Agent} is {member.Role}, under {member.Parent}");
/// </code>
/// </example>
public sealed class WaggleTopology
{
    private readonly WaggleClient _client;

    internal WaggleTopology(WaggleClient client) => _client = client;

    /// <summary>Creates a swarm with a topology. The client does not repeat this after a lost connection.</summary>
    /// <param name="swarm">The new swarm's id; null lets the hub choose one.</param>
    /// <exception cref="WaggleException"><c>INVALID_REQUEST</c>, <c>ALREADY_EXISTS</c>, <c>STORE_FULL</c>.</exception>
    public Task<SwarmView> CreateSwarmAsync(string name, string? swarm, TopologySpec topology, CancellationToken cancel = default) =>
        _client.CommandAsync(new SwarmCreate { Name = name, Swarm = swarm, Topology = topology }, HubJson.Default.SwarmView, cancel, repeatable: false);

    /// <summary>Gives a swarm another topology.</summary>
    /// <param name="reason">The reason, for people and for the log.</param>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>INVALID_REQUEST</c>: for example a hierarchy with a cycle.</exception>
    public Task<SwarmView> SetAsync(string swarm, TopologySpec topology, string? reason = null, CancellationToken cancel = default) =>
        _client.CommandAsync(new SwarmSetTopology { Swarm = swarm, Topology = topology, Reason = reason }, HubJson.Default.SwarmView, cancel);

    /// <summary>Returns a swarm's topology with the places of the agents that are online, by id, one page of up to 1,000.</summary>
    /// <param name="cursor">The cursor of the previous page; null for the first page.</param>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>.</exception>
    public Task<TopologyPage> GetAsync(string swarm, string? cursor = null, CancellationToken cancel = default) =>
        _client.CommandAsync(new SwarmTopology { Swarm = swarm, Cursor = cursor, Limit = Limits.MaxPageSize }, HubJson.Default.TopologyPage, cancel);
}
