using Waggle.Core.Kernel;

namespace Waggle.Core.Agents;

/// <summary>The agents as a decision sees them.</summary>
internal interface IAgentView
{
    AgentEntity? Agent(string id);

    IEnumerable<AgentEntity> Agents { get; }

    /// <summary>Returns the ids of the agents of a swarm, in the order of their registration.</summary>
    IReadOnlyCollection<string> AgentsIn(string swarm);

    /// <summary>Returns the hash of an agent's secret; null for an agent without a secret.</summary>
    string? SecretOf(string agent);

    /// <summary>Returns the state of an agent in memory: its link, its last sign of life, its credit and the tasks that it holds.</summary>
    AgentLiveness? Presence(string agent);

    /// <summary>Returns the end of a held task's lease.</summary>
    DateTimeOffset? LeaseUntil(string task);

    /// <summary>
    /// Returns whether the holder has named a task's lease since the assignment, which proves that the assignment arrived. A new owner has no such knowledge
    /// and returns false.
    /// </summary>
    bool IsAcknowledged(string task);
}

/// <summary>
/// The agents of the swarms that a principal is limited to. A command asks for a lease only after it found the task, which has the same limit.
/// </summary>
internal sealed class ReachableAgents(IAgentView whole, Principal by) : IAgentView
{
    public IEnumerable<AgentEntity> Agents => whole.Agents.Where(a => by.Reaches(a.Swarm));

    public IReadOnlyCollection<string> AgentsIn(string swarm) => by.Reaches(swarm) ? whole.AgentsIn(swarm) : [];

    public AgentEntity? Agent(string id) => whole.Agent(id) is { } agent && by.Reaches(agent.Swarm) ? agent : null;

    public string? SecretOf(string agent) => Agent(agent) is null ? null : whole.SecretOf(agent);

    public AgentLiveness? Presence(string agent) => Agent(agent) is null ? null : whole.Presence(agent);

    public DateTimeOffset? LeaseUntil(string task) => whole.LeaseUntil(task);

    public bool IsAcknowledged(string task) => whole.IsAcknowledged(task);
}

internal static class AgentViewExtensions
{
    extension(IHiveView view)
    {
        public IEnumerable<AgentEntity> Agents => view.View<IAgentView>().Agents;

        public IReadOnlyCollection<string> AgentsIn(string swarm) => view.View<IAgentView>().AgentsIn(swarm);

        public AgentEntity? Agent(string id) => view.View<IAgentView>().Agent(id);

        public string? SecretOf(string agent) => view.View<IAgentView>().SecretOf(agent);

        public AgentLiveness? Presence(string agent) => view.View<IAgentView>().Presence(agent);

        public DateTimeOffset? LeaseUntil(string task) => view.View<IAgentView>().LeaseUntil(task);

        public bool IsAcknowledged(string task) => view.View<IAgentView>().IsAcknowledged(task);
    }
}
