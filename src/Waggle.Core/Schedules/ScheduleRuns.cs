using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>The next time of a schedule, and that time with its random delay; null if it has none.</summary>
internal readonly record struct NextRun(DateTimeOffset? Due, DateTimeOffset? Run)
{
    public static NextRun Of(ScheduleEntity schedule) => new(schedule.NextDueAt, schedule.NextRunAt);
}

/// <summary>Decides what becomes of one due run. Every record that it makes carries the next time, which is later than the last: no time runs twice.</summary>
internal static class ScheduleRuns
{
    public const int MaxQueued = 100;
    public const int MaxOpenRuns = 100;

    /// <summary>Returns the first time after the given one, and that time with a random delay, which ends at the time after it at the latest.</summary>
    public static NextRun Next(in ScheduleClock clock, DateTimeOffset after, ScheduleSpec spec, Random dice)
    {
        var due = clock.After(after);
        if (due is not { } at || spec.JitterMs is not > 0) return new(due, due);
        var most = clock.After(at) is { } following ? Math.Min(spec.JitterMs.Value, (long)(following - at).TotalMilliseconds) : spec.JitterMs.Value;
        return new(at, at.AddMilliseconds(dice.NextInt64(most + 1)));
    }

    /// <summary>Returns the records of a run by its overlap policy.</summary>
    /// <param name="next">The next time after the run, and that time with its delay.</param>
    public static List<RecordData> Decide(
        ScheduleEntity schedule, DateTimeOffset due, RunTrigger trigger, NextRun next, IHiveView view, in DecisionContext context)
    {
        if (schedule.Running.Count == 0) return Start(schedule, due, trigger, next, view, context);
        switch (schedule.Overlap)
        {
            case OverlapPolicy.Allow when schedule.Running.Count < MaxOpenRuns:
                return Start(schedule, due, trigger, next, view, context);
            case OverlapPolicy.Queue when schedule.Queue.Count >= MaxQueued:
                return [Skipped(schedule, due, SkipReason.QueueFull, null, next)];
            case OverlapPolicy.Queue:
                return [Queued(schedule, due, schedule.Queue.Count + 1, next)];
            case OverlapPolicy.Replace:
                List<RecordData> records = [Queued(schedule, due, 1, next)];
                foreach (var task in schedule.Running)
                {
                    var cancel = new CancelTask(task, "replaced by the next run of its schedule", Force: false) { By = ByOf(schedule, context) };
                    records.AddRange(cancel.Decide(view, context).Records);
                }

                return records;
            default:
                return [Skipped(schedule, due, SkipReason.Overlap, null, next)];
        }
    }

    /// <summary>Creates the task of a run. A task that the hub refuses is a skipped run.</summary>
    public static List<RecordData> Start(
        ScheduleEntity schedule, DateTimeOffset due, RunTrigger trigger, NextRun next, IHiveView view, in DecisionContext context)
    {
        var created = new CreateTasks([schedule.Spec.Task]) { By = ByOf(schedule, context) }.Decide(view, context);
        if (created.Error is { } error) return [Skipped(schedule, due, SkipReason.Refused, error, next, trigger == RunTrigger.Queue)];
        return
        [
            .. created.Records,
            new ScheduleRan
            {
                Schedule = schedule.Id,
                Swarm = schedule.Swarm,
                DueAt = due,
                Trigger = trigger,
                Task = created.Value!.Tasks[0].Id,
                NextDueAt = next.Due,
                NextRunAt = next.Run,
            },
        ];
    }

    public static ScheduleSkipped Skipped(
        ScheduleEntity schedule,
        DateTimeOffset due,
        SkipReason reason,
        Error? error,
        NextRun next,
        bool wasQueued = false,
        long count = 1) => new()
        {
            Schedule = schedule.Id,
            Swarm = schedule.Swarm,
            DueAt = due,
            Count = count,
            Reason = reason,
            Problem = error is null ? null : $"{error.Code}: {error.Message}",
            WasQueued = wasQueued,
            NextDueAt = next.Due,
            NextRunAt = next.Run,
        };

    private static ScheduleQueued Queued(ScheduleEntity schedule, DateTimeOffset due, int queued, NextRun next) => new()
    {
        Schedule = schedule.Id,
        Swarm = schedule.Swarm,
        DueAt = due,
        Queued = queued,
        NextDueAt = next.Due,
        NextRunAt = next.Run,
    };

    // The tasks are those of the subject that set the schedule.
    private static Principal ByOf(ScheduleEntity schedule, in DecisionContext context) => Principal.Hub(context.Options.Hive) with { Subject = schedule.SetBy };
}
