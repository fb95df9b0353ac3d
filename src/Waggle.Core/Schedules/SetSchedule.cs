using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>Creates a schedule, or gives it another spec. The same spec again changes nothing. A paused schedule stays paused.</summary>
public sealed record SetSchedule(string Schedule, ScheduleSpec Spec) : Command<ScheduleView>
{
    private string SwarmId => Spec.Task?.Swarm ?? SwarmEntity.DefaultId;

    public override string Right => Permissions.WriteTasks;

    public override bool Creates => true;

    public override int Bytes => Spec.Task?.Input.Utf8.Length ?? 0;

    public override string? Refusal(IHiveView hive) => By.Reaches(SwarmId) ? null : By.OutOfReach(SwarmId);

    public override Error? Malformed() =>
        Ids.IsValid(Schedule) ? ScheduleRules.Problem(Spec) : new(ErrorCodes.InvalidRequest, Ids.Rule("schedule", Schedule));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Schedule(Schedule) is null) keys.Add(ScheduleEntity.KeyOf(Schedule));
    }

    public override Decision<ScheduleView> Decide(IHiveView view, in DecisionContext context)
    {
        var before = view.Schedule(Schedule);
        if (before is null && view.IsTaken(ScheduleEntity.KeyOf(Schedule)))
            return Decision.Reject(ErrorCodes.AlreadyExists, $"There is a schedule '{Schedule}' in another swarm.");
        if (TaskRules.Problem(Spec.Task, view) is { } problem) return Decision.Reject(problem.Code, $"task: {problem.Message}");
        if (TopologyRights.Assign(By, SwarmId, Spec.Task.AssignTo, view) is { } unlinked) return Decision.Reject(unlinked, []);
        if (before is not null && IsSame(before.Spec, context.Options)) return Decision.Of(ScheduleViews.Of(before));
        if (before is null or { State: ScheduleState.Ended } && view.OpenSchedules >= Limits.MaxSchedules)
            return Decision.Reject(ErrorCodes.QuotaExceeded, $"The hive has {Limits.MaxSchedules} schedules, as many as it may: remove one.");
        var next = ScheduleRuns.Next(new ScheduleClock(Spec, context.Now), context.Now, Spec, context.Dice);
        if (next.Due is null)
        {
            return Decision.Reject(
                ErrorCodes.InvalidRequest,
                Spec.RunAt is { } past
                    ? $"run_at {past:u} is in the past; it is {context.Now:u}."
                    : $"cron '{Spec.Cron}' has no time in the future: it never runs.");
        }

        var paused = before?.State == ScheduleState.Paused;
        var changed = new ScheduleChanged
        {
            Schedule = Schedule,
            Swarm = SwarmId,
            Spec = Spec,
            Created = before is null,
            SetBy = By.Subject,
            NextDueAt = paused ? null : next.Due,
            NextRunAt = paused ? null : next.Run,
        };
        if (before is not { NextDueAt: { } delayed } || delayed > context.Now)
            return Decision.Of(ScheduleViews.Of(ScheduleEvolver.Set(before, changed, view.NextOffset, context.Now)), changed);
        var skipped = ScheduleRuns.Skipped(before, delayed, SkipReason.Replaced, null, NextRun.Of(before));
        var counted = ScheduleEvolver.Next(before, skipped, context.Now);
        return Decision.Of(ScheduleViews.Of(ScheduleEvolver.Set(counted, changed, view.NextOffset, context.Now)), skipped, changed);
    }

    private bool IsSame(ScheduleSpec there, HiveOptions options) =>
        there with { Task = Spec.Task } == Spec && SameSpec.Are(there.Task, Spec.Task, options);
}
