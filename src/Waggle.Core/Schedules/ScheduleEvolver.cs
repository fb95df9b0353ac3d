using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>Converts records to entities. Pure.</summary>
internal static class ScheduleEvolver
{
    public static ScheduleEntity Set(ScheduleEntity? before, ScheduleChanged r, long offset, DateTimeOffset at) =>
        (before ?? new ScheduleEntity
        {
            Id = r.Schedule,
            Seq = offset,
            Spec = r.Spec,
            State = ScheduleState.Active,
            Anchor = at,
            CreatedAt = at,
            SetBy = r.SetBy,
            SetAt = at,
        }) with
        {
            Spec = r.Spec,
            State = before?.State == ScheduleState.Paused ? ScheduleState.Paused : ScheduleState.Active,
            Anchor = at,
            NextDueAt = r.NextDueAt,
            NextRunAt = r.NextRunAt,
            LastProblem = null,
            SetBy = r.SetBy,
            SetAt = at,
            EndedAt = null,
        };

    /// <summary>Returns the schedule after any other record. One without a further time ends with its last run.</summary>
    public static ScheduleEntity Next(ScheduleEntity before, ScheduleRecord r, DateTimeOffset at)
    {
        var after = Change(before, r, at) with { NextDueAt = r.NextDueAt, NextRunAt = r.NextRunAt };
        return EndIfDone(after, at);
    }

    /// <summary>Returns the schedule without the task of a run that ended.</summary>
    public static ScheduleEntity End(ScheduleEntity before, string task, DateTimeOffset at) =>
        EndIfDone(before with { Running = [.. before.Running.Where(t => t != task)] }, at);

    private static ScheduleEntity Change(ScheduleEntity before, ScheduleRecord r, DateTimeOffset at) => r switch
    {
        ScheduleStateChanged state => before with { State = state.State, LastProblem = state.Problem ?? before.LastProblem },
        ScheduleRan run => before with
        {
            LastRunAt = at,
            LastTask = run.Task,
            LastProblem = null,
            Runs = before.Runs + 1,
            Running = [.. before.Running, run.Task],
            Queue = run.Trigger == RunTrigger.Queue ? [.. before.Queue.Skip(1)] : before.Queue,
        },
        ScheduleQueued queued => before with { Queue = [.. before.Queue.Take(queued.Queued - 1), queued.DueAt] },
        ScheduleSkipped { Reason: SkipReason.TooLate } skipped => before with { TooLate = before.TooLate + skipped.Count },
        ScheduleSkipped skipped => before with
        {
            Skipped = before.Skipped + skipped.Count,
            LastProblem = skipped.Problem ?? Reason(skipped.Reason),
            Queue = skipped.WasQueued ? [.. before.Queue.Skip(1)] : before.Queue,
        },
        _ => before,
    };

    private static string Reason(SkipReason reason) => reason switch
    {
        SkipReason.Overlap => "an earlier run was open",
        SkipReason.Replaced => "the schedule was set while the run was in its random delay",
        _ => "as many runs wait as may",
    };

    private static ScheduleEntity EndIfDone(ScheduleEntity schedule, DateTimeOffset at) =>
        schedule is { State: ScheduleState.Active, NextDueAt: null, Queue: [], Running: [] }
            ? schedule with { State = ScheduleState.Ended, EndedAt = at }
            : schedule;
}
