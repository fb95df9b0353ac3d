using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Takes a run as far as it can go now: starts what is ready, stops what has to stop, and ends it when nothing is left.</summary>
internal sealed record AdvanceRun(string Run) : Command<NoResult>
{
    /// <summary>The greatest number of steps in one decision.</summary>
    public const int Most = 200;

    public override string Right => Permissions.WriteWorkflows;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OpenRun(Run) is not { Entity.Restored: null } run) return Decision.Nothing;
        if (RunStops.Cause(run, view, context.Now) is { } cause) return Decision.OfRecords(RunStops.End(run, cause, view, context));
        return run.Entity.State switch
        {
            WorkflowRunState.Queued => new BeginQueued(Run) { By = By }.Decide(view, context),
            WorkflowRunState.Running => Decision.OfRecords(Go(run, view, context)),
            WorkflowRunState.Compensating => Decision.OfRecords(Compensate(run, view, context)),
            _ => Decision.OfRecords(StopSteps(run, view, context)),
        };
    }

    private IReadOnlyList<RecordData> Go(OpenRun run, IHiveView view, in DecisionContext context)
    {
        if (run.Ready.Count == 0)
        {
            if (run.Active.Count > 0) return [];
            var failed = run.Entity.FailedSteps > 0;
            return [RunDecisions.End(run, failed ? WorkflowRunState.Failed : WorkflowRunState.Completed, context, failed ? run.Entity.Error : null)];
        }

        var most = Math.Min(Most, view.Workflows.RoomInTurn);
        if (context.StoreFull || most == 0) return [new RunPostponed(Run)];
        var records = new List<RecordData>();
        var starts = new StepStarts(run, view, context, By);
        foreach (var index in run.Ready.Take(most))
        {
            var step = run.Plan.Steps[index];
            if (!run.Starts(index)) records.Add(RunDecisions.Ended(run, index, WorkflowStepState.Skipped, context, null));
            else if (step.NeedsValues) records.Add(RunDecisions.Record(run, new WorkflowStepReady { Run = Run, Workflow = "", Step = step.Id }));
            else starts.Step(step);
        }

        return [.. records, .. starts.Records()];
    }

    private List<RecordData> StopSteps(OpenRun run, IHiveView view, in DecisionContext context)
    {
        var most = Math.Min(Most, view.Workflows.RoomInTurn);
        if (most == 0 && run.ToStop.Count > 0) return [new RunPostponed(Run)];
        var records = new List<RecordData>();
        foreach (var (index, item) in run.ToStop.Take(most)) StopPart(run, index, item, view, context, records);
        foreach (var index in run.Active)
        {
            if (run.Map(index) is { Running.Count: 0 } && run.Step(index) is { State: WorkflowStepState.Running })
                records.AddRange(new FinishMap(Run, index) { By = By }.Decide(view, context).Records);
        }

        if (records.Count > 0 || run.Active.Count > 0) return records;
        if (run.Entity.State == WorkflowRunState.Cancelling)
        {
            var stopped = run.Entity.Error is { Code: ErrorCodes.SwarmStopped } error ? error : null;
            return [RunDecisions.End(run, WorkflowRunState.Cancelled, context, stopped)];
        }

        return run.Entity.Compensate && run.HasCompensations && !RunStops.BySwarm(run.Entity, view)
            ? [RunDecisions.Stopping(run, run.Entity.Error!, compensate: false) with { State = WorkflowRunState.Compensating }]
            : [RunDecisions.End(run, WorkflowRunState.Failed, context, run.Entity.Error)];
    }

    private void StopPart(OpenRun run, int index, int item, IHiveView view, in DecisionContext context, List<RecordData> records)
    {
        var part = item < 0 ? run.Step(index) : run.Map(index)?.Running.GetValueOrDefault(item);
        var asked = new StopAsked(Run, index, item);
        var reason = run.Entity.CancelReason ?? RunDecisions.HubReason;
        if (part?.Task is { } task)
        {
            records.AddRange(new CancelTask(task, reason, Force: false) { By = By }.Decide(view, context).Records);
            records.Add(asked);
        }
        else if (part?.Child is { } child)
        {
            records.AddRange(new CancelRun(child, reason) { By = By }.Decide(view, context).Records);
            records.Add(asked);
        }
        else if (item < 0 && part is not null)
        {
            records.Add(RunDecisions.Ended(run, index, WorkflowStepState.Cancelled, context, null));
        }
        else
        {
            records.Add(asked);
        }
    }

    private IReadOnlyList<RecordData> Compensate(OpenRun run, IHiveView view, in DecisionContext context)
    {
        if (run.Compensation is not null) return [];
        if (run.NextCompensation is not { } next || RunStops.BySwarm(run.Entity, view))
            return [RunDecisions.End(run, WorkflowRunState.Failed, context, run.Entity.Error)];
        if (context.StoreFull) return [new RunPostponed(Run)];
        var starts = new StepStarts(run, view, context, By);
        starts.Compensation(run.Plan.Steps[next]);
        return starts.Records();
    }
}

/// <summary>Ends the step, item or compensation whose task or run ended.</summary>
internal sealed record EndStep(StepPlace Place, string? Task, string? Child) : Command<NoResult>
{
    public override string Right => Permissions.WriteWorkflows;

    // Both are in memory in the turn in which they end, but not when this is repeated.
    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (Task is not null && view.Task(Task) is null) keys.Add(new(TaskEntity.Entity.Name, Task));
        if (Child is not null && view.Run(Child) is null) keys.Add(RunEntity.KeyOf(Child));
    }

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OpenRun(Place.Run) is not { } run || PartOf(run) is not { State: WorkflowStepState.Running } part) return Decision.Nothing;
        if (part.Task != Task || part.Child != Child) return Decision.Nothing;
        var (state, error, output) = Task is null ? OfRun(run, view.Run(Child!), view) : OfTask(run, view.Task(Task), view);
        if (Place.Compensation)
        {
            return Decision.OfRecords(RunDecisions.Record(run, new WorkflowStepEnded
            {
                Run = Place.Run,
                Workflow = "",
                Step = part.Step,
                State = state,
                Error = error,
                DurationMs = (long)(context.Now - part.StartedAt!.Value).TotalMilliseconds,
                Compensation = true,
            }));
        }

        if (Place.Item >= 0) return Decision.OfRecords(new ItemEnded(Place.Run, Place.Step, Place.Item, state, error, output));
        return state == WorkflowStepState.Failed
            ? Decision.OfRecords([.. RunDecisions.Failed(run, Place.Step, error!, context)])
            : Decision.OfRecords(RunDecisions.Ended(run, Place.Step, state, context, error, output));
    }

    private StepEntity? PartOf(OpenRun run) => Place.Compensation ? run.Compensation
        : Place.Item < 0 ? run.Step(Place.Step)
        : run.Map(Place.Step)?.Running.GetValueOrDefault(Place.Item);

    private (WorkflowStepState State, WorkflowError? Error, Values.Bound? Output) OfTask(OpenRun run, TaskEntity? task, IHiveView view)
    {
        if (task is { State: TaskState.Completed }) return (WorkflowStepState.Completed, null, null);
        var step = run.Plan.Steps[Place.Step].Id;
        if (task is { State: TaskState.Cancelled } && IsStopping(run, view)) return (WorkflowStepState.Cancelled, null, null);
        if (task is null) return (WorkflowStepState.Failed, new(ErrorCodes.NotFound, $"Task {Task} is missing.", step), null);
        var error = task.Error is { } told ? new WorkflowError(told.Code, told.Message, step)
            : new(task.State.ToString().ToUpperInvariant(), $"Task {task.Id} ended as {TaskColumns.Name(task.State)}.", step);
        return (WorkflowStepState.Failed, error, null);
    }

    private (WorkflowStepState State, WorkflowError? Error, Values.Bound? Output) OfRun(OpenRun run, RunEntity? child, IHiveView view)
    {
        if (child is { State: WorkflowRunState.Completed }) return (WorkflowStepState.Completed, null, child.Output ?? Values.Bound.Null);
        if (child is { State: WorkflowRunState.Cancelled } && IsStopping(run, view)) return (WorkflowStepState.Cancelled, null, null);
        var step = run.Plan.Steps[Place.Step].Id;
        return (WorkflowStepState.Failed, child?.Error is { } error
            ? new(error.Code, $"Run {Child}, step {error.Step ?? "-"}: {error.Message}", step)
            : new("CANCELLED", $"Run {Child} did not complete.", step), null);
    }

    private static bool IsStopping(OpenRun run, IHiveView view) =>
        run.Entity.State is WorkflowRunState.Stopping or WorkflowRunState.Cancelling || RunStops.BySwarm(run.Entity, view);
}

/// <summary>
/// Starts a map again that a retry took up. Its record wakes the evaluator, which found nothing to do when the retry began, because the run lacked its steps.
/// </summary>
internal sealed record RestartMap(string Run, int Step) : Command<NoResult>
{
    public override string Right => Permissions.WriteWorkflows;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OpenRun(Run) is not { Entity: { Restored: null, State: WorkflowRunState.Running } } run) return Decision.Nothing;
        if (RunStops.Cause(run, view, context.Now) is not null) return Decision.Nothing;
        if (run.Step(Step) is not { State: WorkflowStepState.Running, Items: { } items } step) return Decision.Nothing;
        return step.EndedItems == items
            ? new FinishMap(Run, Step) { By = By }.Decide(view, context)
            : Decision.OfRecords(RunDecisions.Record(run, new WorkflowStepStarted { Run = Run, Workflow = "", Step = step.Step, Items = items }));
    }
}

/// <summary>Ends a map whose items have all ended, or whose run stops while none of them runs.</summary>
internal sealed record FinishMap(string Run, int Step) : Command<NoResult>
{
    public override string Right => Permissions.WriteWorkflows;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OpenRun(Run) is not { Entity.Restored: null } run || run.Map(Step) is not { } map) return Decision.Nothing;
        if (run.Step(Step) is not { State: WorkflowStepState.Running, Items: { } count } step) return Decision.Nothing;
        if (step.Error is { } failing)
            return map.Running.Count > 0 ? Decision.Nothing : Decision.OfRecords([.. RunDecisions.Failed(run, Step, failing, context)]);
        if (step.EndedItems < count)
        {
            return run.Entity.State is WorkflowRunState.Stopping or WorkflowRunState.Cancelling && map.Running.Count == 0
                ? Decision.OfRecords(RunDecisions.Ended(run, Step, WorkflowStepState.Cancelled, context, null))
                : Decision.Nothing;
        }

        var rule = run.Plan.Steps[Step].Definition.Map!;
        if (JoinRules.IsMet(rule.Join ?? (rule.AtLeast is null ? StepJoin.All : StepJoin.NOfM), rule.AtLeast, count, step.CompletedItems))
            return Decision.OfRecords(RunDecisions.Ended(run, Step, WorkflowStepState.Completed, context, null));
        var error = new WorkflowError("ITEMS_FAILED", $"{count - step.CompletedItems} of {count} items did not complete.", step.Step);
        return Decision.OfRecords([.. RunDecisions.Failed(run, Step, error, context)]);
    }
}

/// <summary>Ends a step whose time has come, or whose signal arrived.</summary>
internal sealed record WakeStep(string Step) : Command<NoResult>
{
    public override string Right => Permissions.WriteWorkflows;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        var slash = Step.IndexOf('/', StringComparison.Ordinal);
        if (view.OpenRun(Step[..slash]) is not { } run || run.Plan.IndexOf(Step[(slash + 1)..]) is not { } index) return Decision.Nothing;
        if (run.Step(index) is not { State: WorkflowStepState.Running } step || run.Entity.State != WorkflowRunState.Running) return Decision.Nothing;
        if (step.Signalled) return Decision.OfRecords(RunDecisions.Ended(run, index, WorkflowStepState.Completed, context, null));
        if (step.DueAt is not { } due || due > context.Now) return Decision.Nothing;
        if (run.Plan.Steps[index].Definition.Signal is not { } signal)
            return Decision.OfRecords(RunDecisions.Ended(run, index, WorkflowStepState.Completed, context, null));
        var error = new WorkflowError("SIGNAL_TIMEOUT", $"The signal '{signal.Name}' did not arrive within {signal.TimeoutMs} ms.", step.Step);
        return Decision.OfRecords([.. RunDecisions.Failed(run, index, error, context)]);
    }
}
