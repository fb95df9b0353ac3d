using System.Text.Json.Serialization;
using Waggle.Core.Ports;

namespace Waggle.Core.Insight;

/// <summary>What was done on the last day on which anything was. Kept with the tasks, so that a restart does not begin to count anew.</summary>
public sealed record TaskDay
{
    public const string OnlyId = "last";

    public static EntityKind Entity { get; } = new("task_day", []);

    [JsonIgnore]
    public static EntityKey Key => new(Entity.Name, OnlyId);

    public int V { get; init; } = 1;

    /// <summary>In UTC, by the hive's time.</summary>
    public required DateOnly Day { get; init; }
    public required long Completed { get; init; }

    internal static TaskDay Add(TaskDay? last, DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        return new() { Day = day, Completed = (last?.Day == day ? last.Completed : 0) + 1 };
    }
}
