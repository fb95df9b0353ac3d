using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Builds a definition, see <see cref="Workflow"/>. Not thread-safe.</summary>
public class WorkflowBuilder
{
    private readonly WorkflowDraft _draft;

    internal WorkflowBuilder(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        _draft = new(new WorkflowDefinition { Id = id, Steps = [] });
    }

    private protected WorkflowBuilder(WorkflowDraft draft) => _draft = draft;

    /// <summary>Adds a step that is a task. Its title is the step's id unless <paramref name="task"/> sets another one.</summary>
    /// <param name="task">Returns the task with its fields: <c>task => task with { Title = "Fetch the data" }</c>.</param>
    /// <exception cref="ArgumentException">There is a step with this id.</exception>
    public WorkflowStepBuilder Step(string id, Func<TaskSpec, TaskSpec>? task = null) =>
        Add(new() { Id = id, Task = task is null ? new() { Title = id } : task(new() { Title = id }) });

    /// <summary>Adds a step that runs a task once for each item of a list.</summary>
    /// <param name="over">The path of the list, with at most 10,000 items.</param>
    /// <inheritdoc cref="Step"/>
    public WorkflowStepBuilder Map(string id, WorkflowPath over, Func<TaskSpec, TaskSpec>? task = null) => Step(id, task).Over(over);

    /// <summary>Adds a step that is a run of another workflow.</summary>
    /// <param name="version">Its version; null for the latest one at the time of the definition.</param>
    /// <inheritdoc cref="Step"/>
    public WorkflowStepBuilder Call(string id, string workflow, RawJson input = default, int? version = null) =>
        Add(new() { Id = id, Workflow = new(workflow, version) { Input = input } });

    /// <summary>Adds a step that waits for a time.</summary>
    /// <inheritdoc cref="Step"/>
    public WorkflowStepBuilder Timer(string id, TimeSpan delay) => Add(new() { Id = id, Timer = new((long)delay.TotalMilliseconds) });

    /// <summary>Adds a step that waits for a signal, whose payload is its output.</summary>
    /// <param name="timeout">The longest wait; null for no limit.</param>
    /// <param name="name">The name of the signal; null for the step's id.</param>
    /// <inheritdoc cref="Step"/>
    public WorkflowStepBuilder Signal(string id, TimeSpan? timeout = null, string? name = null) =>
        Add(new() { Id = id, Signal = new(name ?? id, timeout is { } wait ? (long)wait.TotalMilliseconds : null) });

    /// <summary>Sets what people read about the workflow.</summary>
    public WorkflowBuilder Description(string text) => Set(d => d with { Description = text });

    /// <summary>Sets the swarm of the runs and their tasks. Default: <c>default</c>.</summary>
    public WorkflowBuilder Swarm(string id) => Set(d => d with { Swarm = id });

    /// <summary>Sets what a run does when a step fails that has no rule of its own. Default: stop.</summary>
    public WorkflowBuilder OnAnyFailure(OnFailure rule) => Set(d => d with { OnFailure = rule });

    /// <summary>Sets the rule for runs with the same key. Default: reject.</summary>
    public WorkflowBuilder OnConflict(RunConflict rule) => Set(d => d with { OnConflict = rule });

    /// <summary>Sets the longest time of a run. Default: 30 days.</summary>
    public WorkflowBuilder Timeout(TimeSpan longest) => Set(d => d with { TimeoutMs = (long)longest.TotalMilliseconds });

    /// <summary>Sets the limit of what a run may use: its steps and the runs that they start, together. Default: no limit.</summary>
    /// <param name="tokens">The limit of input and output tokens together; null for none.</param>
    /// <param name="costUsd">The limit in US dollars; null for none.</param>
    /// <param name="unknownCost">What happens to an agent whose cost is unknown; null refuses it.</param>
    public WorkflowBuilder Budget(long? tokens = null, decimal? costUsd = null, UnknownCostRule? unknownCost = null) =>
        Set(d => d with { Budget = new() { Tokens = tokens, CostUsd = costUsd, UnknownCost = unknownCost } });

    /// <summary>Sets the output of a completed run: JSON or a path.</summary>
    public WorkflowBuilder Output(RawJson output) => Set(d => d with { Output = output });

    /// <summary>Returns the definition. Later changes of the builder do not affect it.</summary>
    /// <exception cref="InvalidOperationException">The workflow has no step.</exception>
    public WorkflowDefinition Build() => _draft.Build();

    private protected void Change(Func<WorkflowStep, WorkflowStep> change) => _draft.Change(change);

    private protected bool Has(string step) => _draft.Has(step);

    private WorkflowStepBuilder Add(WorkflowStep step)
    {
        _draft.Add(step);
        return new(_draft);
    }

    private WorkflowBuilder Set(Func<WorkflowDefinition, WorkflowDefinition> change)
    {
        _draft.Set(change);
        return this;
    }
}
