using System.Text.Json.Serialization;

namespace Waggle.Protocol.Model;

/// <summary>The measured figures of a swarm: counts since it began, and rates over a rolling window.</summary>
public sealed record SwarmMetrics
{
    /// <summary>The number of agents by activity: idle, working (with a task), draining, offline.</summary>
    public required IReadOnlyDictionary<string, int> Agents { get; init; }
    public required SwarmTotals Totals { get; init; }
    public required SwarmWindow Window { get; init; }
}

/// <summary>
/// The tasks of a swarm that ended since it began, by their final state. They never fall: neither retention nor the removal of an agent changes them. In a hive
/// that is older than these counts, they begin with the first start of a version that has them.
/// </summary>
public sealed record SwarmTotals
{
    public long Completed { get; init; }
    public long Failed { get; init; }
    public long Cancelled { get; init; }
    public long Expired { get; init; }
    public long Rejected { get; init; }

    /// <summary>The average duration of the completing attempts, from start to end in milliseconds; null before the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? AverageMs { get; init; }
}

/// <summary>
/// The tasks of a swarm that ended within the last minutes, by the hive's clock. The window is kept in memory and begins anew with each start of the hub.
/// </summary>
public sealed record SwarmWindow
{
    /// <summary>The length in milliseconds: five minutes, or the time since the hub's start.</summary>
    public required long WindowMs { get; init; }
    public required long Completed { get; init; }

    /// <summary>The number of tasks that failed or expired.</summary>
    public required long Failed { get; init; }

    /// <summary>Completed tasks per minute; null while the window is shorter than a second.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CompletedPerMinute { get; init; }

    /// <summary>The average duration of the completing attempts in milliseconds; null if no task completed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? AverageMs { get; init; }
}
