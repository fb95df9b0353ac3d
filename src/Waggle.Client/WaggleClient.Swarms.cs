using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

public sealed partial class WaggleClient
{
    /// <summary>Creates a swarm. Not repeated over a lost connection.</summary>
    /// <param name="swarm">The new swarm's id; left out, the hub gives one.</param>
    public Task<SwarmView> CreateSwarmAsync(string name, string? swarm = null, CancellationToken cancel = default) =>
        CommandAsync(new SwarmCreate { Name = name, Swarm = swarm }, HubJson.Default.SwarmView, cancel, repeatable: false);

    /// <summary>One swarm.</summary>
    public Task<SwarmView> ShowSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmShow { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>All swarms.</summary>
    public async Task<IReadOnlyList<SwarmView>> ListSwarmsAsync(CancellationToken cancel = default) =>
        (await CommandAsync(new SwarmList(), HubJson.Default.SwarmPage, cancel)).Swarms;

    /// <summary>Nothing new is assigned in the swarm; running work goes on.</summary>
    public Task<SwarmView> PauseSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmPause { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>Resumes a paused or stopped swarm.</summary>
    public Task<SwarmView> ResumeSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmResume { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>
    /// Pauses the swarm, cancels all its open tasks and rejects new ones until it is resumed. The answer comes when that is decided; the tasks end right
    /// after it.
    /// </summary>
    public Task<SwarmView> StopSwarmAsync(string swarm, CancellationToken cancel = default) =>
        CommandAsync(new SwarmStop { Swarm = swarm }, HubJson.Default.SwarmView, cancel);

    /// <summary>All agents, or those of one swarm.</summary>
    public async Task<IReadOnlyList<AgentView>> ListAgentsAsync(string? swarm = null, CancellationToken cancel = default) =>
        (await CommandAsync(new AgentList { Swarm = swarm }, HubJson.Default.AgentPage, cancel)).Agents;

    /// <summary>One agent.</summary>
    public Task<AgentView> ShowAgentAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentShow { Agent = agent }, HubJson.Default.AgentView, cancel);

    /// <summary>Takes an agent out for good; its tasks are handed to others at once.</summary>
    public Task<AgentView> RemoveAgentAsync(string agent, string? reason = null, CancellationToken cancel = default) =>
        CommandAsync(new AgentRemove { Agent = agent, Reason = reason }, HubJson.Default.AgentView, cancel);

    /// <summary>Stops assigning tasks to the agent; it finishes the tasks that it holds.</summary>
    public Task<AgentView> DrainAgentAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentDrain { Agent = agent }, HubJson.Default.AgentView, cancel);

    /// <summary>Resumes assigning tasks to a drained agent.</summary>
    public Task<AgentView> ResumeAgentAsync(string agent, CancellationToken cancel = default) =>
        CommandAsync(new AgentResume { Agent = agent }, HubJson.Default.AgentView, cancel);

    /// <summary>Publishes JSON on a topic under <c>app.</c>; completes when the hub has it. Not repeated over a lost connection.</summary>
    public Task PublishAsync(string topic, RawJson data, CancellationToken cancel = default) =>
        CommandAsync<Reply>(new Publish { Topic = topic, Data = data }, type: null, cancel, repeatable: false);

    /// <summary>The payload, there and back: a round trip that touches no state.</summary>
    public async Task<RawJson> EchoAsync(RawJson payload, CancellationToken cancel = default) =>
        (await CommandAsync<Reply>(new Echo { Payload = payload }, type: null, cancel)).Result;
}
