using Waggle.Core.Hives;
using Waggle.Core.Kernel;

namespace Waggle.Core.Agents;

/// <summary>What decisions may see of agents.</summary>
internal interface IAgentView
{
    AgentEntity? Agent(string id);

    IEnumerable<AgentEntity> Agents { get; }

    /// <summary>The hash of its secret; null for an agent without one yet.</summary>
    string? SecretOf(string agent);

    /// <summary>What is known of an agent only in memory: its link, when it was last heard of, its credit and what it holds.</summary>
    AgentLiveness? Presence(string agent);

    /// <summary>Until when a held task's lease lasts.</summary>
    DateTimeOffset? LeaseUntil(string task);

    /// <summary>Whether the holder named a held task's lease since it was assigned: it has the assignment. A new owner does not know and says no.</summary>
    bool IsAcknowledged(string task);
}

/// <summary>
/// The agents of the swarms that a principal is limited to. Leases are asked for by commands that have seen their task, which is limited likewise.
/// </summary>
internal sealed class ReachableAgents(IAgentView whole, Principal by) : IAgentView
{
    public IEnumerable<AgentEntity> Agents => whole.Agents.Where(a => by.Reaches(a.Swarm));

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

        public AgentEntity? Agent(string id) => view.View<IAgentView>().Agent(id);

        public string? SecretOf(string agent) => view.View<IAgentView>().SecretOf(agent);

        public AgentLiveness? Presence(string agent) => view.View<IAgentView>().Presence(agent);

        public DateTimeOffset? LeaseUntil(string task) => view.View<IAgentView>().LeaseUntil(task);

        public bool IsAcknowledged(string task) => view.View<IAgentView>().IsAcknowledged(task);
    }
}
