using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The rule for a run that is due while a task of an earlier run is still open.</summary>
[JsonConverter(typeof(SnakeCaseEnum<OverlapPolicy>))]
public enum OverlapPolicy
{
    /// <summary>The run is skipped.</summary>
    Skip,

    /// <summary>The run waits until the earlier one has ended. At most 100 runs wait; more are skipped.</summary>
    Queue,

    /// <summary>The earlier task is cancelled, and the run follows when it has ended. A run that waits already is replaced.</summary>
    Replace,

    /// <summary>The run begins at once, beside the earlier one.</summary>
    Allow,
}

[JsonConverter(typeof(SnakeCaseEnum<ScheduleState>))]
public enum ScheduleState
{
    Active,

    /// <summary>No run is due. Times that pass meanwhile are not caught up.</summary>
    Paused,

    /// <summary>The only time of the schedule has passed. The hub deletes it after the retention of tasks.</summary>
    Ended,
}

/// <summary>The times at which the hub creates a task, and the task. Exactly one of cron, every_ms and run_at is given.</summary>
/// <example>
/// <code>
/// ScheduleSpec nightly = new() { Cron = "0 3 * * *", TimeZone = "Europe/Berlin", Task = new TaskSpec { Title = "nightly report" } };
/// </code>
/// </example>
public sealed record ScheduleSpec
{
    /// <summary>
    /// A cron expression of five fields, of six with seconds first, or a macro such as <c>@daily</c>, in the syntax of the library Cronos. A local time that a
    /// change to daylight saving time skips runs at the first valid time after it, and one that occurs twice runs once, unless the expression has an interval
    /// such as <c>*/30</c>, which keeps its pace.
    /// </summary>
    public string? Cron { get; init; }

    /// <summary>The time zone of the cron expression: a name of the IANA database, such as <c>Europe/Berlin</c>. Default: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The time between two runs in milliseconds, 1,000 to 31,536,000,000 (a year), counted from the time when the schedule was set.</summary>
    public long? EveryMs { get; init; }

    /// <summary>The time of the only run.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>The task of each run. It has no dependencies, no parent and no idempotency key of its own.</summary>
    public required TaskSpec Task { get; init; }

    /// <summary><see cref="OverlapPolicy.Skip"/> if left out.</summary>
    public OverlapPolicy? Overlap { get; init; }

    /// <summary>
    /// The age at which a due run that did not happen, because the hub was away, is still caught up, in milliseconds: 10,000 to 31,536,000,000; 60,000 if left
    /// out. Older runs are missed.
    /// </summary>
    public long? CatchUpMs { get; init; }

    /// <summary>
    /// The longest random delay of a run in milliseconds, up to 86,400,000 (a day); none if left out. A delay ends at the next time at the latest.
    /// </summary>
    public long? JitterMs { get; init; }
}

/// <summary>A schedule and its runs. Counts begin with the schedule and are kept when it is set again.</summary>
public sealed record ScheduleView
{
    public required string Id { get; init; }
    public required string Swarm { get; init; }
    public required ScheduleState State { get; init; }
    public required ScheduleSpec Spec { get; init; }

    /// <summary>The time of the next run by the spec; null while the schedule is paused, and after its end.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary><see cref="NextDueAt"/> with the random delay.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>The time and the task of the last run; null before the first.</summary>
    public DateTimeOffset? LastRunAt { get; init; }
    public string? LastTask { get; init; }

    /// <summary>The tasks of runs that have not ended.</summary>
    public required IReadOnlyList<string> Running { get; init; }

    /// <summary>The number of runs that wait for an earlier one.</summary>
    public required int Queued { get; init; }

    /// <summary>The number of tasks that the schedule created.</summary>
    public required long Runs { get; init; }

    /// <summary>The number of due runs without a task: an earlier one was open, or the hub refused the task.</summary>
    public required long Skipped { get; init; }

    /// <summary>
    /// The number of runs that were due while the hub was away, and too old to be caught up. A jump over more than 100 times of a cron expression counts 100.
    /// </summary>
    public required long TooLate { get; init; }

    /// <summary>The reason why the last due run has no task; null if it has one.</summary>
    public string? LastProblem { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The subject that last set the schedule. Its tasks are created in this name.</summary>
    public required string SetBy { get; init; }
    public required DateTimeOffset SetAt { get; init; }
}
