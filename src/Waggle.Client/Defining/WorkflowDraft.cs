using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>The definition that the builders of one workflow share. The builders change the step that was added last.</summary>
internal sealed class WorkflowDraft(WorkflowDefinition definition)
{
    private readonly List<WorkflowStep> _steps = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private WorkflowDefinition _definition = definition;

    public bool Has(string step) => _ids.Contains(step);

    public void Add(WorkflowStep step)
    {
        if (string.IsNullOrEmpty(step.Id)) throw new ArgumentException("A step needs an id.", nameof(step));
        if (!_ids.Add(step.Id)) throw new ArgumentException($"There is a step '{step.Id}' already.", nameof(step));
        _steps.Add(step);
    }

    public void Change(Func<WorkflowStep, WorkflowStep> change) => _steps[^1] = change(_steps[^1]);

    public void Set(Func<WorkflowDefinition, WorkflowDefinition> change) => _definition = change(_definition);

    public WorkflowDefinition Build() => _steps.Count == 0
        ? throw new InvalidOperationException($"The workflow '{_definition.Id}' has no step.")
        : _definition with { Steps = [.. _steps] };
}
