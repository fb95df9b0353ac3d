using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>
/// The time of a schedule came, or the earlier runs have ended and one waits. One command handles one run; those that follow have commands of their own.
/// While the store has no room, the hive repeats it.
/// </summary>
internal sealed record RunDueSchedule(string Schedule) : Command<NoResult>
{
    public override string Right => Permissions.WriteTasks;

    public override bool Creates => true;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Schedule(Schedule) is not { State: ScheduleState.Active } schedule) return Decision.Nothing;
        if (schedule.CanRunQueued)
            return Decision.OfRecords(ScheduleRuns.Start(schedule, schedule.Queue[0], RunTrigger.Queue, NextRun.Of(schedule), view, context));
        if (schedule is not { NextDueAt: { } due, NextRunAt: { } at } || at > context.Now) return Decision.Nothing;

        // The data of time zones belongs to the machine, and another machine may have less.
        if (ScheduleRules.Unreadable(schedule.Spec) is { } problem) return Decision.OfRecords(Paused(schedule, problem));
        var clock = ScheduleClock.Of(schedule);
        var oldest = context.Now - ScheduleRules.CatchUp(schedule.Spec);
        if (at >= oldest)
        {
            return Decision.OfRecords(
                ScheduleRuns.Decide(schedule, due, RunTrigger.Time, ScheduleRuns.Next(clock, due, schedule.Spec, context.Dice), view, context));
        }

        // A run whose delayed time is young enough was not missed, so the run's own time may be older than the oldest one that is caught up.
        var next = ScheduleRuns.Next(clock, oldest.AddTicks(-1), schedule.Spec, context.Dice);
        return Decision.OfRecords(ScheduleRuns.Skipped(schedule, due, SkipReason.TooLate, null, next, count: clock.Count(due, next.Due ?? context.Now)));
    }

    private static ScheduleStateChanged Paused(ScheduleEntity schedule, Error problem) => new()
    {
        Schedule = schedule.Id,
        Swarm = schedule.Swarm,
        State = ScheduleState.Paused,
        ChangedBy = "hub",
        Problem = problem.Message,
    };
}
