using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

[JsonConverter(typeof(SnakeCaseEnum<AgentStatus>))]
public enum AgentStatus
{
    /// <summary>Connected or heard of within the last 30 s.</summary>
    Online,
    Draining,
    Offline,
    Removed,

    /// <summary>
    /// Not heard of, but it holds a lease that is still in force: after a restart of the hub, or a worker that is away for less than its lease. Its name is
    /// kept for it.
    /// </summary>
    Unknown,
}

/// <summary>An agent as it is shown.</summary>
public sealed record AgentView
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>A name for the sort of agent, for people; no meaning to the hub.</summary>
    public string? Type { get; init; }
    public required string Swarm { get; init; }
    public required AgentStatus Status { get; init; }

    /// <summary>The types of tasks that it takes; null: all.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Capability to declared proficiency, 0..1.</summary>
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }

    /// <summary>The credit that the worker granted: how many tasks it takes at a time.</summary>
    public required int Slots { get; init; }

    /// <summary>Ids of the tasks whose leases it holds.</summary>
    public required IReadOnlyList<string> Holding { get; init; }
    public required DateTimeOffset RegisteredAt { get; init; }
    public DateTimeOffset? LastSeenAt { get; init; }
    public required long Completed { get; init; }
    public required long Failed { get; init; }
    public required long Lost { get; init; }

    /// <summary>How long its completed attempts took on average, from start to end; null before the first.</summary>
    public long? AverageMs { get; init; }
}

[JsonConverter(typeof(SnakeCaseEnum<SwarmState>))]
public enum SwarmState
{
    Active,

    /// <summary>Nothing new is assigned; what runs goes on.</summary>
    Paused,

    /// <summary>Paused, its open tasks are cancelled, and it takes no new ones.</summary>
    Stopped,
}

/// <summary>A swarm as it is shown; the counts are of open tasks.</summary>
public sealed record SwarmView
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Agents { get; init; }
    public required IReadOnlyDictionary<string, int> Tasks { get; init; }
    public SwarmState State { get; init; }

    /// <summary>Since when, and by whom; null for one that was never paused or stopped.</summary>
    public DateTimeOffset? StateSince { get; init; }
    public string? StateBy { get; init; }
}
