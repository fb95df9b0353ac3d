using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Computes the stored entities from a record. Pure.</summary>
internal static class RunEvolver
{
    public static WorkflowEntity Define(WorkflowEntity? before, WorkflowDefined r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Workflow,
        Seq = before?.Seq ?? offset,
        Version = r.Version,
        Swarm = r.Swarm!,
        Description = r.Description,
        Steps = r.Steps,
        DefinedAt = at,
        DefinedBy = r.DefinedBy,
        Versions = before?.Versions,
    };

    public static DefinitionEntity Define(DefinitionKept r, long offset, DateTimeOffset at) => new()
    {
        Seq = offset,
        Workflow = r.Workflow,
        Version = r.Version,
        DefinedAt = at,
        DefinedBy = r.DefinedBy,
        Depth = r.Depth,
        AssignTo = r.AssignTo,
        Definition = r.Definition,
    };

    public static RunEntity Create(WorkflowCreated r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Run,
        Seq = offset,
        Workflow = r.Workflow,
        Version = r.Version,
        Swarm = r.Swarm!,
        State = r.State,
        Key = r.Key,
        CreatedAt = at,
        CreatedBy = r.CreatedBy,
        StartedAt = r.State == WorkflowRunState.Running ? at : null,
        Deadline = r.Deadline,
        Steps = r.Steps,
        Weight = r.Weight,
        InputHash = r.InputHash,
        ParentRun = r.ParentRun,
        ParentStep = r.ParentStep,
        ParentItem = r.ParentItem,
        Budget = r.Budget,
    };

    public static RunEntity Count(RunEntity run, WorkflowStepEnded r, double weight) => run with
    {
        EndedSteps = run.EndedSteps + 1,
        FailedSteps = run.FailedSteps + (r.State == WorkflowStepState.Failed ? 1 : 0),
        SkippedSteps = run.SkippedSteps + (r.State == WorkflowStepState.Skipped ? 1 : 0),
        DoneWeight = run.DoneWeight + weight,
        Error = run.Error ?? (r.State == WorkflowStepState.Failed ? r.Error : null),
    };

    public static RunEntity Stop(RunEntity run, WorkflowStopping r) => run with
    {
        State = r.State,
        Error = r.Error ?? run.Error,
        Compensate = r.Compensate,
        CancelReason = r.Reason ?? run.CancelReason,
        CancelledBy = r.RequestedBy ?? run.CancelledBy,
    };

    /// <summary>Returns the run with none of its steps: those that a retry keeps are counted again.</summary>
    public static RunEntity Retry(RunEntity run, WorkflowRetried r, long offset, DateTimeOffset at) => run with
    {
        State = WorkflowRunState.Running,
        StartedAt = run.StartedAt ?? at,
        EndedAt = null,
        Deadline = r.Deadline,
        EndedSteps = 0,
        FailedSteps = 0,
        SkippedSteps = 0,
        DoneWeight = 0,
        Error = null,
        CancelReason = null,
        CancelledBy = null,
        Compensate = false,
        Retries = r.Retries,
        RetriedSeq = offset,
        Restored = "",
        Damage = null,
    };

    public static RunInputEntity Keep(RunInputEntity? before, RunInputKept r, long offset) =>
        new() { Run = r.Run, Seq = before?.Seq ?? offset, Input = r.Input, Deadline = r.Deadline };

    public static RunEntity Keep(RunEntity run, double weight) => run with { EndedSteps = run.EndedSteps + 1, DoneWeight = run.DoneWeight + weight };

    /// <summary>Returns what a retry keeps of a stored step; null if it begins anew.</summary>
    /// <param name="map">The map of an item, as the retry keeps it. A completed one keeps all its items, because its output does not change.</param>
    public static StepEntity? Keep(StepEntity step, StepEntity? map, DateTimeOffset deadline)
    {
        if (step.Compensation) return null;
        if (step.State == WorkflowStepState.Completed || (step.Item is not null && map is { State: WorkflowStepState.Completed }))
            return step with { Deadline = deadline };

        // A signal arrives once, so its step finds it again.
        if (step.Signalled)
        {
            return step with
            {
                State = WorkflowStepState.Waiting,
                StartedAt = null,
                EndedAt = null,
                EndedSeq = null,
                DueAt = null,
                Error = null,
                Deadline = deadline,
            };
        }

        // A map keeps its completed items, and its others run again.
        return step is { Item: null, Items: not null }
            ? step with
            {
                State = WorkflowStepState.Running,
                EndedItems = step.CompletedItems,
                EndedAt = null,
                EndedSeq = null,
                Error = null,
                Deadline = deadline,
            }
            : null;
    }

    public static RunEntity End(RunEntity run, WorkflowEnded r, DateTimeOffset at) => run with
    {
        State = r.State,
        EndedAt = at,
        Error = r.Error,
        Output = r.Output,
        CancelReason = r.Reason ?? run.CancelReason,
        CancelledBy = r.CancelledBy ?? run.CancelledBy,
    };

    public static StepEntity Ready(StepEntity? step, WorkflowStepReady r, long offset) => New(step, r, r.Step, offset, WorkflowStepState.Evaluating);

    public static StepEntity Start(StepEntity? step, WorkflowStepStarted r, long offset, DateTimeOffset at) =>
        New(step, r, r.Step, offset, WorkflowStepState.Running) with
        {
            Compensation = r.Compensation,
            Task = r.Task,
            Child = r.Child,
            StartedAt = at,
            DueAt = r.DueAt,
            Items = r.Items,
        };

    /// <summary>Returns the next value of a step that received its signal, whose state stays.</summary>
    public static StepEntity Signal(StepEntity? step, WorkflowSignalled r, long offset) =>
        New(step, r, r.Step, offset, step?.State ?? WorkflowStepState.Waiting) with { Signalled = true, Output = Values.Bound.Of(r.Payload) };

    public static StepEntity End(StepEntity? step, WorkflowStepEnded r, long offset, DateTimeOffset at)
    {
        var ended = New(step, r, r.Step, offset, r.State);
        return ended with { EndedAt = at, EndedSeq = offset, Error = r.Error, Output = r.Output ?? ended.Output };
    }

    public static StepEntity Start(OpenRun run, ItemStarted r, long offset, DateTimeOffset at) => new()
    {
        Seq = offset,
        Run = r.Run,
        Step = run.Plan.Steps[r.Step].Id,
        Item = r.Item,
        State = WorkflowStepState.Running,
        Task = r.Task,
        Child = r.Child,
        StartedAt = at,
        Deadline = run.Entity.Deadline,
    };

    public static StepEntity End(OpenRun run, StepEntity? item, ItemEnded r, long offset, DateTimeOffset at) =>
        (item ?? Start(run, new(r.Run, r.Step, r.Item, null, null), offset, at)) with { State = r.State, EndedAt = at, Error = r.Error, Output = r.Output };

    public static StepEntity Count(StepEntity map, ItemEnded r) => map with
    {
        EndedItems = map.EndedItems + 1,
        CompletedItems = map.CompletedItems + (r.State == WorkflowStepState.Completed ? 1 : 0),
    };

    private static StepEntity New(StepEntity? step, RunRecord r, string id, long offset, WorkflowStepState state) =>
        step is null ? new() { Seq = offset, Run = r.Run, Step = id, State = state, Deadline = default } : step with { State = state };
}
