using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The causes for which the hub itself ends a run.</summary>
internal static class RunStops
{
    private const string StoppedReason = "swarm stopped";

    /// <summary>
    /// Returns whether the swarm was stopped since the run began. A stop holds for all that existed, even if the swarm was resumed before the hub came to it.
    /// </summary>
    public static bool BySwarm(RunEntity run, IHiveView view)
    {
        if (view.Swarm(run.Swarm) is not { } swarm) return false;
        if (swarm.State == SwarmState.Stopped) return true;

        // Earlier versions of the hub did not store the offset of a retry.
        return (run.RetriedSeq ?? (run.Retries == 0 ? run.Seq : long.MaxValue)) < swarm.CancelBelow;
    }

    /// <summary>Returns the reason why the hub ends a run that runs or waits for its key; null if there is none.</summary>
    public static WorkflowError? Cause(OpenRun run, IHiveView view, DateTimeOffset now)
    {
        if (run.Entity.State is not (WorkflowRunState.Running or WorkflowRunState.Queued)) return null;
        if (run.Damage is { } damage) return new("DAMAGED", damage);
        if (BySwarm(run.Entity, view)) return new(ErrorCodes.SwarmStopped, $"Swarm '{run.Entity.Swarm}' was stopped.");
        return run.Entity.Deadline <= now ? new("EXPIRED", "The run did not end before its deadline.") : null;
    }

    /// <summary>Returns the record by which a run ends for a cause. A stopped swarm cancels its runs; any other cause fails them.</summary>
    public static RecordData End(OpenRun run, WorkflowError cause, IHiveView view, in DecisionContext context)
    {
        var queued = run.Entity.State == WorkflowRunState.Queued;
        if (cause.Code != ErrorCodes.SwarmStopped)
        {
            return queued
                ? RunDecisions.End(run, WorkflowRunState.Failed, context, cause)
                : RunDecisions.Stopping(run, cause, run.Plan.Definition.OnFailure == OnFailure.Compensate);
        }

        var by = view.Swarm(run.Entity.Swarm)?.StateBy;
        return queued
            ? RunDecisions.End(run, WorkflowRunState.Cancelled, context, cause) with { Reason = StoppedReason, CancelledBy = by }
            : RunDecisions.Stopping(run, cause, compensate: false) with
            {
                State = WorkflowRunState.Cancelling,
                Reason = StoppedReason,
                RequestedBy = by,
            };
    }
}
