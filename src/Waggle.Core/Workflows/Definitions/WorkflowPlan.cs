using Waggle.Core.Workflows.Expressions;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows.Definitions;

/// <summary>A definition, checked and made ready to run. Immutable; runs of one version share it.</summary>
internal sealed class WorkflowPlan
{
    private readonly Dictionary<string, int> _byId;

    public WorkflowPlan(WorkflowDefinition definition, PlanStep[] steps, Dictionary<string, int> byId)
    {
        Definition = definition;
        Steps = steps;
        _byId = byId;
        Weight = steps.Sum(s => s.Weight);
        foreach (var step in steps)
        {
            if (step.Definition.Signal is { } signal) Signals[signal.Name] = step.Index;
        }
    }

    public WorkflowDefinition Definition { get; }

    public IReadOnlyList<PlanStep> Steps { get; }

    /// <summary>The weight of all steps.</summary>
    public double Weight { get; }

    /// <summary>The steps that wait for signals, by the name of the signal.</summary>
    public Dictionary<string, int> Signals { get; } = new(StringComparer.Ordinal);

    /// <summary>The plan of a run whose definition cannot be read: it has no steps.</summary>
    public static WorkflowPlan Empty(string workflow) => new(new WorkflowDefinition { Id = workflow, Steps = [] }, [], []);

    public int? IndexOf(string step) => _byId.TryGetValue(step, out var index) ? index : null;
}

internal sealed class PlanStep
{
    public required int Index { get; init; }

    public required WorkflowStep Definition { get; init; }

    /// <summary>The steps before it.</summary>
    public required int[] Before { get; init; }

    /// <summary>The steps that name it as one before them.</summary>
    public int[] After { get; set; } = [];

    public Expression? When { get; init; }

    public PathRef? Over { get; init; }

    public string Id => Definition.Id;

    public double Weight => Definition.Weight ?? 1;

    public StepJoin Join => Definition.Join ?? (Definition.AtLeast is null ? StepJoin.All : StepJoin.NOfM);

    /// <summary>Whether values decide how the step goes on, so that the hub has to read them first.</summary>
    public bool NeedsValues => When is not null || Over is not null || Definition.Workflow is not null;

    public string Kind => Definition switch
    {
        { Task: not null } => "task",
        { Workflow: not null } => "workflow",
        { Timer: not null } => "timer",
        _ => "signal",
    };
}
