using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

public sealed partial class WaggleClient
{
    /// <summary>Creates a swarm. The client does not repeat this after a lost connection.</summary>
    /// <param name="swarm">The new swarm's id; null lets the hub choose one.</param>
    public Task<SwarmView> CreateSwarmAsync(string name, string? swarm = null, CancellationToken cancel = default) =>
        CommandAsync(new SwarmCreate { Name = name, Swarm = swarm }, HubJson.Default.SwarmView, cancel, repeatable: false);

    /// <summary>Returns one swarm.</summary>
    public Task<SwarmView> ShowSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmShow { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>Lists all swarms.</summary>
    public async Task<IReadOnlyList<SwarmView>> ListSwarmsAsync(CancellationToken cancel = default) =>
        (await CommandAsync(new SwarmList(), HubJson.Default.SwarmPage, cancel)).Swarms;

    /// <summary>Pauses a swarm: the hub assigns no new task in it, and running work continues.</summary>
    public Task<SwarmView> PauseSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmPause { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>Resumes a paused or stopped swarm.</summary>
    public Task<SwarmView> ResumeSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmResume { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>
    /// Stops a swarm: pauses it, cancels all its open tasks and rejects new ones until it is resumed. The answer comes once this is decided; the tasks end
    /// right after it.
    /// </summary>
    public Task<SwarmView> StopSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmStop { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>Lists all agents, or those of one swarm.</summary>
    public async Task<IReadOnlyList<AgentView>> ListAgentsAsync(string? swarm = null, CancellationToken cancel = default) =>
        (await CommandAsync(new AgentList { Swarm = swarm }, HubJson.Default.AgentPage, cancel)).Agents;

    /// <summary>Returns one agent.</summary>
    public Task<AgentView> ShowAgentAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentShow { Agent = agent }, HubJson.Default.AgentView, cancel);

    /// <summary>Removes an agent permanently; other agents receive its tasks at once.</summary>
    public Task<AgentView> RemoveAgentAsync(string agent, string? reason = null, CancellationToken cancel = default) =>
        CommandAsync(new AgentRemove { Agent = agent, Reason = reason }, HubJson.Default.AgentView, cancel);

    /// <summary>Stops assigning tasks to the agent; it finishes the tasks that it holds.</summary>
    public Task<AgentView> DrainAgentAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentDrain { Agent = agent }, HubJson.Default.AgentView, cancel);

    /// <summary>Resumes assigning tasks to a drained agent.</summary>
    public Task<AgentView> ResumeAgentAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentResume { Agent = agent }, HubJson.Default.AgentView, cancel);

    /// <summary>
    /// Publishes JSON on a topic under <c>app.</c>. The call completes when the hub has received it. The client does not repeat it after a lost connection.
    /// </summary>
    public Task PublishAsync(string topic, RawJson data, CancellationToken cancel = default) =>
        CommandAsync<Reply>(new Publish { Topic = topic, Data = data }, type: null, cancel, repeatable: false);

    /// <summary>Sends the payload to the hub and returns its echo: a round trip that touches no state.</summary>
    public async Task<RawJson> EchoAsync(RawJson payload, CancellationToken cancel = default) =>
        (await CommandAsync<Reply>(new Echo { Payload = payload }, type: null, cancel)).Result;
}
