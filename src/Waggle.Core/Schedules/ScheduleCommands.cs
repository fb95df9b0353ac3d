using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>A command about one schedule.</summary>
public abstract record ScheduleCommand<TResult>(string Schedule) : Command<TResult>
{
    public override string Right => Permissions.WriteTasks;

    public sealed override Error? Malformed() => Ids.IsValid(Schedule) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("schedule", Schedule));

    public sealed override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Schedule(Schedule) is null) keys.Add(ScheduleEntity.KeyOf(Schedule));
    }

    public sealed override Decision<TResult> Decide(IHiveView view, in DecisionContext context) =>
        view.Schedule(Schedule) is { } schedule
            ? Decide(schedule, view, context)
            : Decision.Reject(ErrorCodes.NotFound, $"There is no schedule '{Schedule}'.");

    private protected abstract Decision<TResult> Decide(ScheduleEntity schedule, IHiveView view, in DecisionContext context);

    private protected static Effect Ended(ScheduleEntity schedule) => Decision.Reject(
        ErrorCodes.InvalidState, $"Schedule '{schedule.Id}' has ended: its only time was {schedule.Spec.RunAt:u}. Set it again with another time.");

    /// <summary>Returns the schedule after one of its records, with the record.</summary>
    private protected static Decision<ScheduleView> Changed(ScheduleEntity before, ScheduleRecord record, in DecisionContext context) =>
        Decision.Of(ScheduleViews.Of(ScheduleEvolver.Next(before, record, context.Now)), record);
}

/// <summary>Stops the runs of a schedule until it is resumed. Runs that wait for an earlier one wait on.</summary>
public sealed record PauseSchedule(string Schedule) : ScheduleCommand<ScheduleView>(Schedule)
{
    private protected override Decision<ScheduleView> Decide(ScheduleEntity schedule, IHiveView view, in DecisionContext context) => schedule.State switch
    {
        ScheduleState.Ended => Ended(schedule),
        ScheduleState.Paused => Decision.Of(ScheduleViews.Of(schedule)),
        _ => Changed(
            schedule,
            new ScheduleStateChanged { Schedule = schedule.Id, Swarm = schedule.Swarm, State = ScheduleState.Paused, ChangedBy = By.Subject },
            context),
    };
}

/// <summary>Ends a pause. The next run is the next one after now.</summary>
public sealed record ResumeSchedule(string Schedule) : ScheduleCommand<ScheduleView>(Schedule)
{
    private protected override Decision<ScheduleView> Decide(ScheduleEntity schedule, IHiveView view, in DecisionContext context)
    {
        if (schedule.State == ScheduleState.Ended) return Ended(schedule);
        if (schedule.State == ScheduleState.Active) return Decision.Of(ScheduleViews.Of(schedule));
        if (ScheduleRules.Unreadable(schedule.Spec) is { } unreadable) return Decision.Reject(unreadable, []);
        var next = ScheduleRuns.Next(ScheduleClock.Of(schedule), context.Now, schedule.Spec, context.Dice);
        return Changed(
            schedule,
            new ScheduleStateChanged
            {
                Schedule = schedule.Id,
                Swarm = schedule.Swarm,
                State = ScheduleState.Active,
                ChangedBy = By.Subject,
                NextDueAt = next.Due,
                NextRunAt = next.Run,
            },
            context);
    }
}

/// <summary>Runs a schedule now, beside its times, also while it is paused.</summary>
public sealed record RunSchedule(string Schedule) : ScheduleCommand<ScheduleView>(Schedule)
{
    public override bool Creates => true;

    private protected override Decision<ScheduleView> Decide(ScheduleEntity schedule, IHiveView view, in DecisionContext context)
    {
        if (schedule.State == ScheduleState.Ended) return Ended(schedule);
        if (TopologyRights.Assign(By, schedule.Swarm, schedule.Spec.Task.AssignTo, view) is { } unlinked) return Decision.Reject(unlinked, []);
        if (schedule is { State: ScheduleState.Paused, Running.Count: > 0, Overlap: OverlapPolicy.Queue or OverlapPolicy.Replace })
        {
            return Decision.Reject(
                ErrorCodes.InvalidState, $"Schedule '{schedule.Id}' is paused and has an open run: resume it, or wait for {schedule.Running[0]}.");
        }

        var records = ScheduleRuns.Decide(schedule, context.Now, RunTrigger.Request, NextRun.Of(schedule), view, context);
        if (records.OfType<ScheduleSkipped>().FirstOrDefault() is { } skipped)
        {
            return Decision.Reject(
                ErrorCodes.InvalidState, skipped.Problem ?? $"Schedule '{schedule.Id}' has an open run: {string.Join(", ", schedule.Running)}.");
        }

        var (after, now) = (schedule, context.Now);
        foreach (var record in records.OfType<ScheduleRecord>()) after = ScheduleEvolver.Next(after, record, now);
        return Decision.Of(ScheduleViews.Of(after), records);
    }
}

/// <summary>Deletes a schedule. Its open tasks go on. The result is the schedule as it was.</summary>
public sealed record RemoveSchedule(string Schedule) : ScheduleCommand<ScheduleView>(Schedule)
{
    private protected override Decision<ScheduleView> Decide(ScheduleEntity schedule, IHiveView view, in DecisionContext context) =>
        Decision.Of(ScheduleViews.Of(schedule), new ScheduleRemoved { Schedule = schedule.Id, Swarm = schedule.Swarm, RemovedBy = By.Subject });
}

public sealed record ShowSchedule(string Schedule) : ScheduleCommand<ScheduleView>(Schedule)
{
    public override string Right => Permissions.ReadTasks;

    private protected override Decision<ScheduleView> Decide(ScheduleEntity schedule, IHiveView view, in DecisionContext context) =>
        Decision.Of(ScheduleViews.Of(schedule));
}
