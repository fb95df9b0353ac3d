using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Builds the views of workflows, runs and steps.</summary>
internal static class WorkflowViews
{
    public static Effect MissingRun(string id) => Decision.Reject(ErrorCodes.NotFound, $"There is no workflow run '{id}'.");

    public static Effect MissingWorkflow(string id, int? version = null) => Decision.Reject(
        ErrorCodes.NotFound, version is null ? $"There is no workflow '{id}'." : $"There is no version {version} of workflow '{id}'.");

    public static WorkflowView Of(WorkflowEntity w, WorkflowDefinition? definition) => new()
    {
        Id = w.Id,
        Version = w.Version,
        Swarm = w.Swarm,
        Description = w.Description,
        Steps = w.Steps,
        DefinedAt = w.DefinedAt,
        DefinedBy = w.DefinedBy,
        Versions = w.Versions?.Select(v => v.Version).ToArray() ?? [],
        Definition = definition,
    };

    /// <summary>Returns the workflow after the records that define its next version.</summary>
    public static WorkflowView Defined(WorkflowEntity? before, List<RecordData> records, long offset, DateTimeOffset now)
    {
        var defined = records.OfType<WorkflowDefined>().Single();
        var dropped = records.OfType<WorkflowDeleted>().SingleOrDefault()?.Version;
        var kept = before?.Versions?.Where(v => v.Version != dropped) ?? [];
        return Of(RunEvolver.Define(before, defined, offset, now) with { Versions = [.. kept, new WorkflowVersion(defined.Version)] }, null);
    }

    public static WorkflowRunView Of(RunEntity r) => new()
    {
        Id = r.Id,
        Workflow = r.Workflow,
        Version = r.Version,
        Swarm = r.Swarm,
        State = r.State,
        Key = r.Key,
        CreatedAt = r.CreatedAt,
        CreatedBy = r.CreatedBy,
        StartedAt = r.StartedAt,
        EndedAt = r.EndedAt,
        Deadline = r.Deadline,
        Steps = r.Steps,
        EndedSteps = r.EndedSteps,
        FailedSteps = r.FailedSteps,
        SkippedSteps = r.SkippedSteps,
        Progress = r.State == WorkflowRunState.Completed ? 1 : r.Weight > 0 ? Math.Min(1, r.DoneWeight / r.Weight) : (double)r.EndedSteps / r.Steps,
        Error = r.Error,
        CancelReason = r.CancelReason,
        Usage = r.Usage,
        Retries = r.Retries,
        Compensated = r.Compensated,
        ParentRun = r.ParentRun,
        ParentStep = r.ParentStep,
    };

    /// <param name="entity">The stored step; null for one that waits or never ran.</param>
    public static WorkflowStepView Of(WorkflowStep step, string kind, StepEntity? entity, StepEntity? compensation, bool runEnded) => new()
    {
        Step = step.Id,
        Kind = kind,
        DependsOn = step.DependsOn,
        Signal = step.Signal?.Name,
        State = entity?.State ?? (runEnded ? WorkflowStepState.NotRun : WorkflowStepState.Waiting),
        Task = entity?.Task,
        Run = entity?.Child,
        StartedAt = entity?.StartedAt,
        EndedAt = entity?.EndedAt,
        DueAt = entity is { State: WorkflowStepState.Running } ? entity.DueAt : null,
        Items = entity?.Items,
        EndedItems = entity?.Items is null ? null : entity.EndedItems,
        FailedItems = entity?.Items is null ? null : entity.EndedItems - entity.CompletedItems,
        Error = entity?.Error,
        CompensationTask = compensation?.Task,
        Compensation = compensation?.State,
    };
}
