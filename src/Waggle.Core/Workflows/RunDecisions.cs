using Waggle.Core.Kernel;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The records that several decisions about a run have in common.</summary>
internal static class RunDecisions
{
    public const string HubReason = "workflow stopped";

    /// <summary>Adds the fields that every record about a run has.</summary>
    public static T Record<T>(OpenRun run, T record)
        where T : RunRecord => record with { Run = run.Entity.Id, Workflow = run.Entity.Workflow, Swarm = run.Entity.Swarm };

    public static WorkflowStepEnded Ended(
        OpenRun run, int step, WorkflowStepState state, in DecisionContext context, WorkflowError? error, Bound? output = null)
    {
        return Record(run, new WorkflowStepEnded
        {
            Run = "",
            Workflow = "",
            Step = run.Plan.Steps[step].Id,
            State = state,
            Error = error,
            Output = output,
            DurationMs = run.Step(step)?.StartedAt is { } began ? (long)(context.Now - began).TotalMilliseconds : null,
        });
    }

    /// <summary>Returns the end of a step that failed, and what the run does about it.</summary>
    /// <param name="earlier">The earlier records of the same decision, in which the run may have begun to stop.</param>
    public static IEnumerable<RecordData> Failed(OpenRun run, int step, WorkflowError error, DecisionContext context, IReadOnlyList<RecordData>? earlier = null)
    {
        yield return Ended(run, step, WorkflowStepState.Failed, context, error);
        if (StopFor(run, step, error, earlier) is { } stop) yield return stop;
    }

    /// <summary>Returns the record by which a run begins to stop for a step that failed; null if it goes on, or stops already.</summary>
    /// <param name="earlier">The earlier records of the same decision.</param>
    public static WorkflowStopping? StopFor(OpenRun run, int step, WorkflowError error, IReadOnlyList<RecordData>? earlier)
    {
        if (run.Entity.State != WorkflowRunState.Running || earlier?.Any(r => r is WorkflowStopping) == true) return null;
        var rule = run.Plan.Steps[step].Definition.OnFailure ?? run.Plan.Definition.OnFailure ?? OnFailure.Stop;
        return rule == OnFailure.Continue ? null : Stopping(run, error, rule == OnFailure.Compensate);
    }

    public static WorkflowStopping Stopping(OpenRun run, WorkflowError error, bool compensate) => Record(run, new WorkflowStopping
    {
        Run = "",
        Workflow = "",
        OldState = run.Entity.State,
        State = WorkflowRunState.Stopping,
        Error = error,
        Compensate = compensate,
    });

    public static WorkflowEnded End(OpenRun run, WorkflowRunState state, in DecisionContext context, WorkflowError? error)
    {
        var output = state == WorkflowRunState.Completed && !run.Plan.Definition.Output.IsNull
            ? Templates.Bind(run.Plan.Definition.Output, path => run.ValueOf(path))
            : null;
        if (output is { IsTooDeep: true })
        {
            error = new WorkflowError(ErrorCodes.TooLarge, $"The output of the run has more than {Limits.MaxDepth} levels.");
            (state, output) = (WorkflowRunState.Failed, null);
        }

        return Record(run, new WorkflowEnded
        {
            Run = "",
            Workflow = "",
            State = state,
            Error = error,
            Output = output,
            Reason = run.Entity.CancelReason,
            CancelledBy = run.Entity.CancelledBy,
            DurationMs = run.Entity.StartedAt is { } began ? (long)(context.Now - began).TotalMilliseconds : null,
            ParentRun = run.Entity.ParentRun,
        });
    }
}
