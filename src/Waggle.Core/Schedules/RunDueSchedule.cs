using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>The time of a schedule came. One command handles one time; those that follow have commands of their own.</summary>
internal sealed record RunDueSchedule(string Schedule) : Command<NoResult>
{
    public override string Right => Permissions.WriteTasks;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Schedule(Schedule) is not { State: ScheduleState.Active, NextDueAt: { } due, NextRunAt: { } at } schedule) return Decision.Nothing;
        if (at > context.Now) return Decision.Nothing;
        var clock = ScheduleClock.Of(schedule);
        var oldest = context.Now - ScheduleRules.CatchUp(schedule.Spec);
        if (at < oldest)
        {
            // The delay is part of a run's time: a run whose delayed time is young enough was not missed.
            var next = ScheduleRuns.Next(clock, oldest.AddTicks(-1), schedule.Spec, context.Dice);
            return Decision.OfRecords(
                ScheduleRuns.Skipped(schedule, due, SkipReason.TooLate, null, next, count: clock.Count(due, next.Due ?? context.Now)));
        }

        return Decision.OfRecords(
            ScheduleRuns.Decide(schedule, due, RunTrigger.Time, ScheduleRuns.Next(clock, due, schedule.Spec, context.Dice), view, context));
    }
}

/// <summary>The earlier runs of a schedule have ended, and one waits.</summary>
internal sealed record RunQueuedSchedule(string Schedule) : Command<NoResult>
{
    public override string Right => Permissions.WriteTasks;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        view.Schedule(Schedule) is { State: ScheduleState.Active, Running: [], Queue: [var due, ..] } schedule
            ? Decision.OfRecords(ScheduleRuns.Start(schedule, due, RunTrigger.Queue, NextRun.Of(schedule), view, context))
            : Decision.Nothing;
}
