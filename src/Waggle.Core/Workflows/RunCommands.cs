using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Workflows.Definitions;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Cancels a run: nothing further starts, and the running steps are cancelled.</summary>
public sealed record CancelRun(string Run, string? Reason = null) : Command<WorkflowRunView>
{
    public override string Right => Permissions.WriteWorkflows;

    public override Error? Malformed() => Ids.IsValid(Run) ? TextRules.Problem("reason", Reason) : new(ErrorCodes.InvalidRequest, Ids.Rule("run", Run));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Run(Run) is null) keys.Add(RunEntity.KeyOf(Run));
    }

    public override Decision<WorkflowRunView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Run(Run) is not { } entity) return WorkflowViews.MissingRun(Run);
        if (entity.State is WorkflowRunState.Cancelled or WorkflowRunState.Cancelling) return Decision.Of(WorkflowViews.Of(entity) with { Duplicate = true });
        if (view.OpenRun(Run) is not { } run || entity.State == WorkflowRunState.Compensating)
        {
            return Decision.Reject(ErrorCodes.InvalidState, entity.State == WorkflowRunState.Compensating
                ? $"Run '{Run}' compensates a failure; this cannot be cancelled."
                : $"Run '{Run}' has ended already ({SnakeCase.Of(entity.State)}).");
        }

        if (entity.State == WorkflowRunState.Queued)
        {
            var ended = RunDecisions.End(run, WorkflowRunState.Cancelled, context, null) with { Reason = Reason, CancelledBy = By.Subject };
            return Decision.Of(WorkflowViews.Of(RunEvolver.End(entity, ended, context.Now)), ended);
        }

        var stopping = RunDecisions.Record(run, new WorkflowStopping
        {
            Run = Run,
            Workflow = "",
            OldState = entity.State,
            State = WorkflowRunState.Cancelling,
            Reason = Reason,
            RequestedBy = By.Subject,
        });
        return Decision.Of(WorkflowViews.Of(RunEvolver.Stop(entity, stopping)), stopping);
    }
}

/// <summary>Sends a signal to a run. The hub keeps a signal whose step still waits.</summary>
public sealed record SignalRun(string Run, string Signal, RawJson Payload = default) : Command<WorkflowRunView>
{
    public override string Right => Permissions.WriteWorkflows;

    public override int Bytes => Payload.Utf8.Length;

    public override Error? Malformed()
    {
        if (!Ids.IsValid(Run)) return new(ErrorCodes.InvalidRequest, Ids.Rule("run", Run));
        if (!Ids.IsValid(Signal)) return new(ErrorCodes.InvalidRequest, Ids.Rule("signal", Signal));
        return Payload.Utf8.Length > Limits.MaxSignalBytes
            ? new(ErrorCodes.TooLarge, $"payload has at most {Limits.MaxSignalBytes} bytes; it had {Payload.Utf8.Length}.")
            : null;
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Run(Run) is null) keys.Add(RunEntity.KeyOf(Run));
    }

    public override Decision<WorkflowRunView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Run(Run) is not { } entity) return WorkflowViews.MissingRun(Run);
        if (view.OpenRun(Run) is not { } run || entity.State is not (WorkflowRunState.Running or WorkflowRunState.Queued))
            return Decision.Reject(ErrorCodes.InvalidState, $"Run '{Run}' takes no signals any more: it is {SnakeCase.Of(entity.State)}.");
        if (entity.Restored is not null)
            return Decision.Reject(ErrorCodes.InvalidState, $"The retry of run '{Run}' has only begun: send the signal again.", 1000);
        if (!run.Plan.Signals.TryGetValue(Signal, out var index))
        {
            var names = string.Join(", ", run.Plan.Signals.Keys.Order(StringComparer.Ordinal).Take(20));
            var known = names.Length == 0 ? "it has none" : $"it has {names}";
            return Decision.Reject(ErrorCodes.NotFound, $"Workflow '{entity.Workflow}' has no signal '{Signal}': {known}.");
        }

        var step = run.Step(index);
        if (step is { Signalled: true })
        {
            return step.Output?.Value.Equals(Payload) == true
                ? Decision.Of(WorkflowViews.Of(entity) with { Duplicate = true })
                : Decision.Reject(ErrorCodes.InvalidState, $"Run '{Run}' has the signal '{Signal}' already, with another payload.");
        }

        if (step is not null && OpenRun.IsEnded(step.State))
        {
            return Decision.Reject(
                ErrorCodes.InvalidState, $"Step '{step.Step}' of run '{Run}' waits for the signal '{Signal}' no longer: it is {SnakeCase.Of(step.State)}.");
        }

        return Decision.Of(WorkflowViews.Of(entity), RunDecisions.Record(run, new WorkflowSignalled
        {
            Run = Run,
            Workflow = "",
            Step = run.Plan.Steps[index].Id,
            Signal = Signal,
            Payload = Payload,
            SentBy = By.Subject,
        }));
    }
}

/// <summary>
/// Runs a failed or cancelled run again from the steps that did not complete. Completed steps, and completed items of maps, keep their outputs.
/// </summary>
public sealed record RetryRun(string Run) : Command<WorkflowRunView>
{
    public override string Right => Permissions.WriteWorkflows;

    public override bool Creates => true;

    public override Error? Malformed() => Ids.IsValid(Run) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("run", Run));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Run(Run) is null) keys.Add(RunEntity.KeyOf(Run));
        keys.Add(new(RunInputEntity.Entity.Name, Run));
    }

    internal override void CollectRanges(IHiveView view, List<EntityRange> ranges)
    {
        // A run that is open now may end in this turn, before the retry is decided.
        if (view.Run(Run) is not { } run) return;
        var definition = DefinitionEntity.IdOf(run.Workflow, run.Version);
        ranges.Add(new(DefinitionEntity.Entity.Name, null, definition, definition + "\0", 1));
    }

    public override Decision<WorkflowRunView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Run(Run) is not { } run) return WorkflowViews.MissingRun(Run);
        if (run.State is not (WorkflowRunState.Failed or WorkflowRunState.Cancelled))
            return Decision.Reject(ErrorCodes.InvalidState, $"Only a run that failed or was cancelled can be retried; '{Run}' is {SnakeCase.Of(run.State)}.");
        if (run.Compensated) return Decision.Reject(ErrorCodes.InvalidState, $"Run '{Run}' was compensated: start a new run.");
        if (run.ParentRun is { } parent)
            return Decision.Reject(ErrorCodes.InvalidState, $"Run '{Run}' belongs to step '{run.ParentStep}' of run '{parent}': retry that run.");
        if (view.Workflows.Input(Run) is not { } input || view.Definition(run.Workflow, run.Version) is not { } definition || definition.Seq > run.Seq)
            return Decision.Reject(ErrorCodes.NotFound, $"The input or the definition of run '{Run}' is not stored any more.");
        if (view.Swarm(run.Swarm) is { State: SwarmState.Stopped })
            return Decision.Reject(ErrorCodes.SwarmStopped, $"Swarm '{run.Swarm}' is stopped and runs nothing until it is resumed.");
        if (RunRights.Problem(By, definition, run.Swarm, view) is { } unlinked) return Decision.Reject(unlinked, []);
        if (new RunCreation(view, context).Quota(definition, run.Budget) is { } quota) return Decision.Reject(quota, []);
        if (run.Key is { } key && view.Workflows.WithKey(run.Workflow, key) is [var other, ..])
            return Decision.Reject(ErrorCodes.RunActive, $"Run '{other}' of workflow '{run.Workflow}' has the key '{key}' and has not ended.");
        var deadline = context.Now + RunCreation.TimeoutOf(DefinitionJson.Read(definition.Definition));
        var retried = new WorkflowRetried
        {
            Run = Run,
            Workflow = run.Workflow,
            Swarm = run.Swarm,
            Retries = run.Retries + 1,
            Deadline = deadline,
            RequestedBy = By.Subject,
        };
        var after = WorkflowViews.Of(RunEvolver.Retry(run, retried, view.NextOffset, context.Now));
        return Decision.Of(after, retried, new RunInputKept(Run, input.Input, deadline));
    }
}
