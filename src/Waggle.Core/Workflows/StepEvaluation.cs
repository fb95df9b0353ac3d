using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Workflows.Definitions;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>A step whose values the hub has to read, with all that its evaluation needs.</summary>
/// <param name="Values">The values of the paths that its condition and its list read, by the path's text.</param>
/// <param name="Missing">The items of a map that have not begun; null for a step that has not started.</param>
internal sealed record StepEvaluation(
    string Run, int Retries, PlanStep Step, IReadOnlyDictionary<string, Bound> Values, IReadOnlyList<int>? Missing);

/// <summary>The next steps whose values the hub has to read. The evaluator asks it.</summary>
/// <param name="Except">The steps that the evaluator tries again later.</param>
internal sealed record EvaluateNext(int Most, IReadOnlySet<(string Run, int Step)>? Except = null) : Command<IReadOnlyList<StepEvaluation>>
{
    public override string Right => Permissions.ReadWorkflows;

    public override Decision<IReadOnlyList<StepEvaluation>> Decide(IHiveView view, in DecisionContext context)
    {
        if (context.StoreFull) return Decision.Reject(ErrorCodes.StoreFull, "The store has no room, so no step begins.", 1000);
        var found = new List<StepEvaluation>();
        foreach (var (id, index) in view.Workflows.ToEvaluate.Where(s => Except?.Contains(s) != true).Take(Most))
        {
            var run = view.OpenRun(id)!;
            var step = run.Plan.Steps[index];
            var started = run.Step(index)!.State == WorkflowStepState.Running;
            var values = new Dictionary<string, Bound>(StringComparer.Ordinal);
            foreach (var path in started ? [] : step.When?.Paths ?? []) values[path.ToString()] = run.ValueOf(path).At(path.Pointer);
            if (step.Over is { } over) values[over.ToString()] = run.ValueOf(over).At(over.Pointer);
            found.Add(new(id, run.Entity.Retries, step, values, started ? [.. run.Map(index)!.Missing] : null));
        }

        return Decision.Of<IReadOnlyList<StepEvaluation>>(found);
    }
}

/// <summary>Continues a step after the evaluation of its condition and its list.</summary>
/// <param name="Starts">Whether the condition is true.</param>
/// <param name="Items">The number of items, for a map.</param>
internal sealed record ResolveStep(string Run, int Retries, int Step, bool Starts, int? Items, WorkflowError? Error) : Command<NoResult>
{
    public override string Right => Permissions.WriteWorkflows;

    public override bool Creates => Starts && Error is null;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys) => ChildKeys.Collect(view, Run, Step, keys);

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OpenRun(Run) is not { Entity.State: WorkflowRunState.Running } run || run.Entity.Retries != Retries) return Decision.Nothing;
        if (run.Step(Step) is not { State: WorkflowStepState.Evaluating } || RunStops.BySwarm(run.Entity, view)) return Decision.Nothing;
        if (Error is not null) return Decision.OfRecords([.. RunDecisions.Failed(run, Step, Error, context)]);
        if (!Starts) return Decision.OfRecords(RunDecisions.Ended(run, Step, WorkflowStepState.Skipped, context, null));
        var step = run.Plan.Steps[Step];
        var starts = new StepStarts(run, view, context, By);
        if (Items is { } items) starts.Map(step, items);
        else starts.Step(step);
        return Decision.OfRecords(starts.Records());
    }
}

/// <summary>Starts items of a map.</summary>
/// <param name="Error">Why the items cannot start, for which the step fails; null to start them.</param>
internal sealed record StartItems(string Run, int Retries, int Step, IReadOnlyList<(int Index, RawJson Value)> Items, WorkflowError? Error = null)
    : Command<NoResult>
{
    public override string Right => Permissions.WriteWorkflows;

    public override bool Creates => Error is null;

    public override int Bytes => Items.Sum(i => i.Value.Utf8.Length);

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys) => ChildKeys.Collect(view, Run, Step, keys);

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OpenRun(Run) is not { Entity.State: WorkflowRunState.Running } run || run.Entity.Retries != Retries) return Decision.Nothing;
        if (run.Step(Step) is not { State: WorkflowStepState.Running } step || run.Map(Step) is not { } map) return Decision.Nothing;
        if (step.Error is not null || RunStops.BySwarm(run.Entity, view)) return Decision.Nothing;
        var starts = new StepStarts(run, view, context, By);
        if (Error is { } error) starts.FailMap(Step, error);
        foreach (var (index, value) in Items)
        {
            if (Error is null && map[index] == WorkflowStepState.Waiting) starts.Item(run.Plan.Steps[Step], index, value);
        }

        return Decision.OfRecords(starts.Records());
    }
}

internal static class ChildKeys
{
    /// <summary>Adds the key of the definition that a step calls.</summary>
    public static void Collect(IHiveView view, string run, int step, List<EntityKey> keys)
    {
        if (view.OpenRun(run)?.Plan.Steps[step].Definition.Workflow is { Version: { } version } call) keys.Add(DefinitionEntity.KeyOf(call.Id, version));
    }
}
