using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>The base of a schedule's records, with the next run after it.</summary>
public abstract record ScheduleRecord : RecordData
{
    [JsonIgnore]
    public override string Topic => field ??= $"schedule.{Schedule}";

    public required string Schedule { get; init; }

    /// <summary>The time of the next run by the spec; null for a schedule that is paused or has ended.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary><see cref="NextDueAt"/> with the random delay.</summary>
    public DateTimeOffset? NextRunAt { get; init; }
}

/// <summary>A schedule exists, or has another spec.</summary>
public sealed record ScheduleChanged : ScheduleRecord
{
    [JsonIgnore]
    public override string Kind => "schedule_set";

    public required ScheduleSpec Spec { get; init; }

    /// <summary>Whether it did not exist before.</summary>
    public required bool Created { get; init; }
    public required string SetBy { get; init; }
}

/// <summary>A schedule was paused or resumed.</summary>
public sealed record ScheduleStateChanged : ScheduleRecord
{
    [JsonIgnore]
    public override string Kind => "schedule_state";

    public required ScheduleState State { get; init; }
    public required string ChangedBy { get; init; }

    /// <summary>The reason why the hub paused the schedule: this machine cannot read its times. Null if a client changed it.</summary>
    public string? Problem { get; init; }
}

/// <summary>The reason of a run.</summary>
[JsonConverter(typeof(SnakeCaseEnum<RunTrigger>))]
public enum RunTrigger
{
    /// <summary>Its time came.</summary>
    Time,

    /// <summary>A client requested it.</summary>
    Request,

    /// <summary>It waited for an earlier run.</summary>
    Queue,
}

/// <summary>A run: its task was created in the same commit.</summary>
public sealed record ScheduleRan : ScheduleRecord
{
    [JsonIgnore]
    public override string Kind => "schedule_run";

    /// <summary>The time at which the run was due; for a run by request, the time of the request.</summary>
    public required DateTimeOffset DueAt { get; init; }
    public required RunTrigger Trigger { get; init; }
    public required string Task { get; init; }
}

/// <summary>A run waits for an earlier one.</summary>
public sealed record ScheduleQueued : ScheduleRecord
{
    [JsonIgnore]
    public override string Kind => "schedule_queued";

    public required DateTimeOffset DueAt { get; init; }

    /// <summary>The number of runs that wait, this one included.</summary>
    public required int Queued { get; init; }
}

[JsonConverter(typeof(SnakeCaseEnum<SkipReason>))]
public enum SkipReason
{
    /// <summary>An earlier run was open.</summary>
    Overlap,

    /// <summary>The hub was away, and the run is too old to be caught up.</summary>
    TooLate,

    /// <summary>As many runs wait as may.</summary>
    QueueFull,

    /// <summary>The hub refused the task.</summary>
    Refused,

    /// <summary>The schedule was set while the run was in its random delay.</summary>
    Replaced,
}

/// <summary>One or more due runs have no task.</summary>
public sealed record ScheduleSkipped : ScheduleRecord
{
    [JsonIgnore]
    public override string Kind => "schedule_skipped";

    /// <summary>The time at which the run, or the first of them, was due.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>The number of runs: 1, and more for runs that are too late, see <see cref="ScheduleClock.MaxCounted"/>.</summary>
    public required long Count { get; init; }
    public required SkipReason Reason { get; init; }

    /// <summary>The hub's error if it refused the task.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the run had waited for an earlier one.</summary>
    public bool WasQueued { get; init; }
}

/// <summary>A schedule was deleted.</summary>
public sealed record ScheduleRemoved : ScheduleRecord
{
    [JsonIgnore]
    public override string Kind => "schedule_removed";

    public required string RemovedBy { get; init; }
}
