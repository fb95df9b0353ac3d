using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Sets the rules of the step that was added last, and goes on with the workflow. Not thread-safe.</summary>
public sealed class WorkflowStepBuilder : WorkflowBuilder
{
    internal WorkflowStepBuilder(WorkflowDraft draft)
        : base(draft)
    {
    }

    /// <summary>Sets the steps before this one. They are added before it, so steps cannot wait for each other in a circle.</summary>
    /// <exception cref="ArgumentException">There is no such step yet.</exception>
    public WorkflowStepBuilder After(params string[] steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        if (Array.Find(steps, s => !Has(s)) is { } missing)
            throw new ArgumentException($"There is no step '{missing}' yet: add it before the steps that wait for it.", nameof(steps));
        return Set(s => s with { DependsOn = [.. s.DependsOn ?? [], .. steps] });
    }

    /// <summary>Sets how many of the steps before this one have to complete. Default: all.</summary>
    public WorkflowStepBuilder Join(StepJoin rule) => Set(s => s with { Join = rule });

    /// <summary>Sets the number of the steps before this one that have to complete.</summary>
    public WorkflowStepBuilder AtLeast(int completed) => Set(s => s with { Join = StepJoin.NOfM, AtLeast = completed });

    /// <summary>Sets the condition. If it is false, the step is skipped.</summary>
    /// <param name="condition">For example <c>steps.fetch.output.rows > 0</c>; the language is in docs/workflows.md.</param>
    public WorkflowStepBuilder When(string condition) => Set(s => s with { When = condition });

    /// <summary>Runs the step's task or workflow once for each item of a list.</summary>
    /// <param name="list">The path of the list, with at most 10,000 items.</param>
    /// <param name="join">How many of the items have to complete. Default: all.</param>
    /// <param name="atLeast">The number for the join <see cref="StepJoin.NOfM"/>.</param>
    public WorkflowStepBuilder Over(WorkflowPath list, StepJoin? join = null, int? atLeast = null) =>
        Set(s => s with { Map = new(list.ToString(), join, atLeast) });

    /// <summary>Sets what the run does when this step fails. Default: that of the workflow.</summary>
    public WorkflowStepBuilder OnFailure(OnFailure rule) => Set(s => s with { OnFailure = rule });

    /// <summary>Sets the share of the step in the progress of the run. Default: 1.</summary>
    public WorkflowStepBuilder Weight(double share) => Set(s => s with { Weight = share });

    /// <summary>Sets the task that undoes the step.</summary>
    /// <param name="task">Returns the task with its fields. Its title is "Undo" and the step's id unless it sets another one.</param>
    public WorkflowStepBuilder Compensate(Func<TaskSpec, TaskSpec>? task = null) =>
        Set(s => s with { Compensate = task is null ? Undo(s) : task(Undo(s)) });

    private static TaskSpec Undo(WorkflowStep step) => new() { Title = $"Undo {step.Id}" };

    private WorkflowStepBuilder Set(Func<WorkflowStep, WorkflowStep> change)
    {
        Change(change);
        return this;
    }
}
