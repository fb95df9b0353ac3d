using System.Text.Json.Serialization;

namespace Waggle.Protocol.Model;

/// <summary>The measured figures of a swarm: counts since it began, and rates over a rolling window.</summary>
public sealed record SwarmMetrics
{
    /// <summary>The number of agents by activity: idle, working (with a task), draining, offline.</summary>
    public required IReadOnlyDictionary<string, int> Agents { get; init; }

    /// <summary>The number of agents that failed and whose workers have not been heard since. They are counted in <see cref="Agents"/> as well.</summary>
    public int FailedAgents { get; init; }
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

    /// <summary>The time for which slots held a task, in milliseconds, summed over all slots.</summary>
    public long BusySlotMs { get; init; }

    /// <summary>The time for which slots held a task or could have, in milliseconds, summed over all slots of the agents that are here.</summary>
    public long AvailableSlotMs { get; init; }

    /// <summary>The busy share of the available slot time, 0 to 1; null if no slot was available.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Utilization { get; init; }

    /// <summary>The number of assignments.</summary>
    public long Assigned { get; init; }

    /// <summary>The waits of the assigned tasks in the queue; null without an assignment.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public QueueWait? QueueWait { get; init; }
}

/// <summary>The time of tasks in the queue: from the moment when a task last became pending to its assignment, in milliseconds.</summary>
/// <param name="P50Ms">The median, with an error of at most 2 % or half a millisecond.</param>
/// <param name="P90Ms">The 90th percentile, with an error of at most 2 % or half a millisecond.</param>
public sealed record QueueWait(long MeanMs, long P50Ms, long P90Ms, long MaxMs);
