using System.Collections.Frozen;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>A type of events of a channel. Its events are sent under the topic of one entity and under the roll-up topic of the channel.</summary>
/// <param name="Index">The number of the type, a bit in <see cref="EventSelection"/>.</param>
/// <param name="Channel">agent, task or swarm.</param>
/// <param name="From">The hub's topics with the records of these events; {id} is the id of the channel's entity.</param>
internal sealed record EventType(int Index, string Channel, string Name, params string[] From)
{
    public uint Bit => 1u << Index;

    /// <summary>The topic with the events of all entities.</summary>
    public string RollUp { get; } = $"{Channel}.{Name}";

    /// <summary>Returns the topic with the events of one entity.</summary>
    public string TopicOf(string id) => $"{Channel}.{id}.{Name}";
}

/// <summary>The types of events of the three channels.</summary>
internal static class EventTypes
{
    public static readonly EventType AgentStatus = new(
        0, "agent", "status", "agent.{id}.status", "agent.{id}.removed", "agent.{id}.failed", "task.*.assigned", "task.*.completed", "task.*.failed",
        "task.*.expired", "task.*.cancelled", "task.*.requeued", "task.*.retry_scheduled");

    public static readonly EventType AgentHealth = new(1, "agent", "health", "agent.{id}.health");
    public static readonly EventType AgentMetrics = new(2, "agent", "metrics", "agent.{id}.metrics");
    public static readonly EventType AgentLogs = new(3, "agent", "logs", "agent.{id}.log");
    public static readonly EventType TaskCreated = new(4, "task", "created", "task.{id}.created");
    public static readonly EventType TaskAssigned = new(5, "task", "assigned", "task.{id}.assigned");
    public static readonly EventType TaskProgress = new(6, "task", "progress", "task.{id}.started", "task.{id}.progress");

    public static readonly EventType TaskCompleted = new(
        7, "task", "completed", "task.{id}.completed", "task.{id}.failed", "task.{id}.cancelled", "task.{id}.expired");

    public static readonly EventType TaskError = new(8, "task", "error", "task.{id}.failed", "task.{id}.retry_scheduled");
    public static readonly EventType Topology = new(9, "swarm", "topology", "swarm.{id}.topology");
    public static readonly EventType AgentJoined = new(10, "swarm", "agent-joined", "agent.*.registered");
    public static readonly EventType AgentLeft = new(11, "swarm", "agent-left", "agent.*.removed");
    public static readonly EventType Consensus = new(12, "swarm", "consensus", "proposal.*");
    public static readonly EventType Decision = new(13, "swarm", "decision", "proposal.*");
    public static readonly EventType State = new(14, "swarm", "state", "swarm.{id}.metrics");
    // The messages themselves go to the worker of their agent alone.
    public static readonly EventType AgentMessage = new(16, "agent", "message");
    public static readonly EventType SwarmMessage = new(17, "swarm", "message");

    public static readonly EventType Coordination = new(15, "swarm", "coordination", "task.*.assigned", "task.*.priority_changed");

    public static IReadOnlyList<EventType> All { get; } =
    [
        AgentStatus, AgentHealth, AgentMetrics, AgentLogs, TaskCreated, TaskAssigned, TaskProgress, TaskCompleted, TaskError, Topology, AgentJoined,
        AgentLeft, Consensus, Decision, State, Coordination, AgentMessage, SwarmMessage,
    ];

    private static readonly FrozenSet<string> Channels = All.Select(t => t.Channel).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether topics that begin with this segment belong to a channel, so that no application publishes under them.</summary>
    public static bool IsChannel(string segment) => Channels.Contains(segment);

    public static EventType? Find(string channel, string name) => All.FirstOrDefault(t => t.Channel == channel && t.Name == name);

    public static string NamesOf(string channel) => string.Join(", ", All.Where(t => t.Channel == channel).Select(t => t.Name));
}
