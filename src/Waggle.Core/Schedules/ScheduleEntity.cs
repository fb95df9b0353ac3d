using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>A schedule. It is in memory until it has ended.</summary>
public sealed record ScheduleEntity
{
    public static EntityKind Entity { get; } = new("schedule", ["swarm", "state"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required ScheduleSpec Spec { get; init; }
    public required ScheduleState State { get; init; }

    /// <summary>The time from which <see cref="ScheduleSpec.EveryMs"/> counts.</summary>
    public required DateTimeOffset Anchor { get; init; }
    public DateTimeOffset? NextDueAt { get; init; }
    public DateTimeOffset? NextRunAt { get; init; }
    public DateTimeOffset? LastRunAt { get; init; }
    public string? LastTask { get; init; }
    public IReadOnlyList<string> Running { get; init; } = [];

    /// <summary>The due times of the runs that wait, in order. A run by request has the time of the request.</summary>
    public IReadOnlyList<DateTimeOffset> Queue { get; init; } = [];
    public long Runs { get; init; }
    public long Skipped { get; init; }
    public long TooLate { get; init; }
    public string? LastProblem { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string SetBy { get; init; }
    public required DateTimeOffset SetAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore]
    public string Swarm => Spec.Task.Swarm ?? SwarmEntity.DefaultId;

    [JsonIgnore]
    internal EntityKey Key => KeyOf(Id);

    [JsonIgnore]
    internal OverlapPolicy Overlap => Spec.Overlap ?? OverlapPolicy.Skip;

    /// <summary>Whether a run waits and none of the earlier ones is open.</summary>
    [JsonIgnore]
    internal bool CanRunQueued => State == ScheduleState.Active && Queue.Count > 0 && Running.Count == 0;

    internal static EntityKey KeyOf(string id) => new(Entity.Name, id);
}
