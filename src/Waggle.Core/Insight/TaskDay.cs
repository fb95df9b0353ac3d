using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>
/// The completed tasks of the last day with any, and the totals. The store keeps them with the tasks, so that a restart does not reset the counts.
/// </summary>
public sealed record TaskDay
{
    public const string OnlyId = "last";

    public static EntityKind Entity { get; } = new("task_day", []);

    [JsonIgnore]
    public static EntityKey Key => new(Entity.Name, OnlyId);

    public int V { get; init; } = 1;

    /// <summary>The day in UTC, by the hive's time.</summary>
    public required DateOnly Day { get; init; }
    public required long Completed { get; init; }

    /// <summary>The tasks that ended since the hive began; null in an entity of an earlier version, which did not count them.</summary>
    public TaskTotals? Totals { get; init; }

    internal static TaskDay Add(TaskDay? last, TaskState ended, DateTimeOffset at)
    {
        var totals = (last?.Totals ?? new()).With(ended);
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        if (ended != TaskState.Completed) return last is null ? new() { Day = day, Completed = 0, Totals = totals } : last with { Totals = totals };
        return new() { Day = day, Completed = (last?.Day == day ? last.Completed : 0) + 1, Totals = totals };
    }
}
