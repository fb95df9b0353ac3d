using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

[JsonConverter(typeof(SnakeCaseEnum<AgentStatus>))]
public enum AgentStatus
{
    /// <summary>The agent is connected, or its worker sent a message within the last 30 s.</summary>
    Online,
    Draining,
    Offline,
    Removed,

    /// <summary>
    /// The agent is silent and holds a lease that is still in force: after a restart of the hub, or while its worker is away for less than its lease. The hub
    /// keeps its name for it.
    /// </summary>
    Unknown,
}

/// <summary>The view of an agent.</summary>
public sealed record AgentView
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>A name for the sort of agent, for people. The hub does not interpret it.</summary>
    public string? Type { get; init; }
    public required string Swarm { get; init; }
    public required AgentStatus Status { get; init; }

    /// <summary>The types of tasks that the agent takes; null for all types.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>The declared proficiency of each capability, from 0 to 1.</summary>
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }

    /// <summary>
    /// What the hub learned of the agent from the outcomes of tasks, by capability; null if it learned nothing, does not learn, or the view is one of a list.
    /// </summary>
    public IReadOnlyDictionary<string, ProficiencyView>? Proficiency { get; init; }

    /// <summary>The credit that the worker granted: the number of tasks that it takes at a time.</summary>
    public required int Slots { get; init; }

    /// <summary>The ids of the tasks whose leases the agent holds.</summary>
    public required IReadOnlyList<string> Holding { get; init; }
    public required DateTimeOffset RegisteredAt { get; init; }
    public DateTimeOffset? LastSeenAt { get; init; }
    public required long Completed { get; init; }
    public required long Failed { get; init; }
    public required long Lost { get; init; }

    /// <summary>The average duration of its completed attempts, from start to end in milliseconds; null before the first.</summary>
    public long? AverageMs { get; init; }

    /// <summary>How the agent failed last; null once its worker said hello again.</summary>
    public AgentFailure? Failure { get; init; }
}

/// <summary>The learned proficiency of an agent in a capability.</summary>
/// <param name="Declared">The proficiency that the worker declared, from 0 to 1.</param>
/// <param name="Mean">The mean of what declaration and outcomes say together, from 0 to 1.</param>
/// <param name="Lower">The lower end of the interval that holds the proficiency with a probability of 90 %.</param>
/// <param name="Upper">The upper end of that interval.</param>
/// <param name="Evidence">The weight of the outcomes that is not forgotten; a checked outcome weighs 1, an unchecked one 0.25.</param>
/// <param name="Outcomes">The number of outcomes that counted.</param>
/// <param name="Checked">The number of those among them that a check of the hub decided.</param>
public sealed record ProficiencyView(double Declared, double Mean, double Lower, double Upper, double Evidence, long Outcomes, long Checked);

[JsonConverter(typeof(SnakeCaseEnum<SwarmState>))]
public enum SwarmState
{
    Active,

    /// <summary>The hub assigns no new task; running tasks continue.</summary>
    Paused,

    /// <summary>The swarm is paused, its open tasks are cancelled, and it accepts no new ones.</summary>
    Stopped,
}

/// <summary>The view of a swarm; the counts are of open tasks.</summary>
public sealed record SwarmView
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Agents { get; init; }
    public required IReadOnlyDictionary<string, int> Tasks { get; init; }
    public SwarmState State { get; init; }

    /// <summary>The time of the last change of state; null for a swarm that was never paused or stopped.</summary>
    public DateTimeOffset? StateSince { get; init; }
    public string? StateBy { get; init; }

    /// <summary>The measured figures; null in a list of swarms, which has the counts alone.</summary>
    public SwarmMetrics? Metrics { get; init; }

    /// <summary>The links between its agents. Hubs of earlier versions do not send it.</summary>
    public TopologyView? Topology { get; init; }

    /// <summary>Its quota and what it has of it; null for a swarm without one.</summary>
    public SwarmQuotaView? Quota { get; init; }
}
