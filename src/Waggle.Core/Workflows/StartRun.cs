using System.Security.Cryptography;
using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Starts a run of a workflow. The run keeps the version.</summary>
public sealed record StartRun(WorkflowStart Start) : Command<WorkflowRunView>
{
    public override string Right => Permissions.WriteWorkflows;

    public override bool Creates => true;

    public override int Bytes => Start.Input.Utf8.Length;

    public override Error? Malformed()
    {
        if (!Ids.IsValid(Start.Workflow)) return new(ErrorCodes.InvalidRequest, Ids.Rule("workflow", Start.Workflow));
        if (Start.Key is { } key && !Ids.IsValid(key)) return new(ErrorCodes.InvalidRequest, Ids.Rule("key", key));
        return (Start.Budget is { } budget ? RunCreation.Problem(budget) : null) ?? IdempotentId.Problem(Start.IdempotencyKey);
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if ((Start.Version ?? view.Workflow(Start.Workflow)?.Version) is { } version) keys.Add(DefinitionEntity.KeyOf(Start.Workflow, version));
        if (Start.IdempotencyKey is not null) keys.Add(RunEntity.KeyOf(IdOf(view)));
    }

    public override Decision<WorkflowRunView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Workflow(Start.Workflow) is not { } workflow) return WorkflowViews.MissingWorkflow(Start.Workflow);
        if (view.Definition(workflow.Id, Start.Version ?? workflow.Version) is not { } definition)
            return WorkflowViews.MissingWorkflow(workflow.Id, Start.Version ?? workflow.Version);
        var id = IdOf(view);
        var hash = RunCreation.HashOf(Start.Input);
        if (view.Run(id) is { } there)
        {
            return there.Workflow == Start.Workflow && there.InputHash == hash && there.Key == Start.Key
                && (Start.Budget is null || Start.Budget == there.Budget)
                ? Decision.Of(WorkflowViews.Of(there) with { Duplicate = true })
                : IdempotentId.Conflict(Start.IdempotencyKey!, $"run {id}");
        }

        if (view.Swarm(workflow.Swarm) is { State: SwarmState.Stopped })
            return Decision.Reject(ErrorCodes.SwarmStopped, $"Swarm '{workflow.Swarm}' is stopped and starts no runs until it is resumed.");
        if (RunRights.Problem(By, definition, workflow.Swarm, view) is { } unlinked) return Decision.Reject(unlinked, []);
        var creation = new RunCreation(view, context);
        var plan = view.Workflows.Read(definition);
        var budget = Start.Budget ?? plan.Budget;
        if (creation.Quota(definition, budget) is { } quota) return Decision.Reject(quota, []);
        var before = Start.Key is { } key ? view.Workflows.WithKey(workflow.Id, key) : [];
        var records = new List<RecordData>();
        if (before.Count > 0)
        {
            switch (Start.OnConflict ?? plan.OnConflict ?? RunConflict.Reject)
            {
                case RunConflict.Reject:
                    return Decision.Reject(ErrorCodes.RunActive, $"Run '{before[0]}' of workflow '{workflow.Id}' has the key '{Start.Key}' and has not ended.");
                case RunConflict.Replace:
                    foreach (var other in before) records.AddRange(new CancelRun(other, $"replaced by {id}") { By = By }.Decide(view, context).Records);
                    break;
            }
        }

        var created = creation.Create(id, definition, plan, workflow.Swarm, Bound.Of(Start.Input), By.Subject) with
        {
            Key = Start.Key,
            State = before.Count > 0 ? WorkflowRunState.Queued : WorkflowRunState.Running,
            InputHash = hash,
            Budget = budget,
        };

        // The new run comes first, so that the end of the replaced one finds it in the queue.
        records.InsertRange(0, [created, new RunInputKept(id, Bound.Of(Start.Input), created.Deadline)]);
        return Decision.Of(WorkflowViews.Of(RunEvolver.Create(created, view.NextOffset, context.Now)), records);
    }

    private string IdOf(IHiveView view) => Start.IdempotencyKey is { } key
        ? IdempotentId.Of(IdPrefix.Run, Start.Workflow, By.Subject, key)
        : view.NextId(IdPrefix.Run);
}

/// <summary>Creates runs, for users and for the steps that call workflows.</summary>
internal readonly struct RunCreation(IHiveView view, DecisionContext context)
{
    private const long StandardTimeoutMs = 30L * 86_400_000;

    private readonly DateTimeOffset _now = context.Now;

    public static Error? Problem(RunBudget budget) => UsageLimits.Problem(budget.Tokens, budget.CostUsd) is var (field, rule)
        ? new(ErrorCodes.InvalidRequest, field is null ? rule : $"budget.{field} {rule}")
        : budget.UnknownCost is { } unknown && !Enum.IsDefined(unknown) ? new(ErrorCodes.InvalidRequest, "budget.unknown_cost is refuse or allow.") : null;

    public Error? Quota(DefinitionEntity definition, RunBudget? budget)
    {
        if (budget is not null && view.Workflows.BudgetedCount >= Limits.MaxRunBudgets)
        {
            return new(
                ErrorCodes.QuotaExceeded, $"The hive has {Limits.MaxRunBudgets} open runs with a budget, as many as it may: limit the swarm of the runs.");
        }

        if (view.Workflows.OpenCount >= Limits.MaxOpenRuns)
            return new(ErrorCodes.QuotaExceeded, $"The hive has {Limits.MaxOpenRuns} open runs, as many as it may: wait for some to end.");
        return view.Workflows.OpenSteps >= Limits.MaxOpenRunSteps
            ? new(ErrorCodes.QuotaExceeded, $"The open runs have {view.Workflows.OpenSteps} steps, as many as they may; '{definition.Workflow}' has more.")
            : null;
    }

    public WorkflowCreated Create(string id, DefinitionEntity definition, WorkflowDefinition plan, string swarm, Bound input, string by) => new()
    {
        Run = id,
        Workflow = definition.Workflow,
        Swarm = swarm,
        Version = definition.Version,
        State = WorkflowRunState.Running,
        CreatedBy = by,
        Deadline = _now + TimeoutOf(plan),
        Steps = plan.Steps.Count,
        Weight = plan.Steps.Sum(s => s.Weight ?? 1),
        InputHash = HashOf(input.Value),
        Budget = plan.Budget,
    };

    /// <summary>The time that a run, or a retry of it, has.</summary>
    public static TimeSpan TimeoutOf(WorkflowDefinition plan) => TimeSpan.FromMilliseconds(plan.TimeoutMs ?? StandardTimeoutMs);

    public static string HashOf(RawJson input) => Convert.ToHexStringLower(SHA256.HashData(input.Utf8.Span).AsSpan(0, 16));
}

/// <summary>Begins a queued run whose turn it is.</summary>
internal sealed record BeginQueued(string Run) : Command<NoResult>
{
    public override string Right => Permissions.WriteWorkflows;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        view.OpenRun(Run)?.Entity is { State: WorkflowRunState.Queued, Key: { } key } run
        && view.Workflows.WithKey(run.Workflow, key) is [var first, ..] && first == Run
            ? Decision.OfRecords(new WorkflowStarted { Run = Run, Workflow = run.Workflow, Swarm = run.Swarm })
            : Decision.Nothing;
}
