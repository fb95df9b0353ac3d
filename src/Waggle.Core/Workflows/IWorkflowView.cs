using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The workflows and runs as a decision sees them.</summary>
internal interface IWorkflowView
{
    WorkflowEntity? Workflow(string id);

    int WorkflowCount { get; }

    /// <summary>A version that the batch fetched or changed.</summary>
    DefinitionEntity? Definition(string workflow, int version);

    /// <summary>Returns the definition that a version stores. That of one with open runs is in memory.</summary>
    WorkflowDefinition Read(DefinitionEntity definition);

    /// <summary>The number of versions of workflows that call a version, given as WORKFLOW/VERSION.</summary>
    int CallersOf(string definition);

    /// <summary>The number of open runs of a workflow, of all versions or of one. It looks at all open runs.</summary>
    int OpenRunsOf(string workflow, int? version);

    /// <summary>An open run with its steps.</summary>
    OpenRun? Open(string run);

    /// <summary>A run that is open, or that the batch fetched or changed.</summary>
    RunEntity? Run(string run);

    RunInputEntity? Input(string run);

    /// <summary>The steps, items and compensations of a closed run that the batch fetched.</summary>
    IEnumerable<StepEntity> FetchedSteps(string run);

    /// <summary>The id of a stored step of a run that the batch fetched and could not read; null if there is none.</summary>
    string? DamagedStep(string run);

    /// <summary>The open runs of a workflow with this key, in the order in which they may run.</summary>
    IReadOnlyList<string> WithKey(string workflow, string key);

    int OpenCount { get; }

    /// <summary>The open runs whose definition or start names a budget.</summary>
    int BudgetedCount { get; }

    /// <summary>The run that an open task is a step of, and the runs above it.</summary>
    IEnumerable<string> RunsOf(string task);

    /// <summary>The open tasks of an open run and of the runs below it.</summary>
    IEnumerable<string> TasksUnder(string run);

    /// <summary>The steps of all open runs together.</summary>
    int OpenSteps { get; }

    /// <summary>The number of steps that may still begin or stop in this turn.</summary>
    int RoomInTurn { get; }

    /// <summary>The steps whose values the hub has to read, the longest waiting first.</summary>
    IEnumerable<(string Run, int Step)> ToEvaluate { get; }

    /// <summary>The retried runs whose steps are not all taken up, the longest waiting first.</summary>
    IReadOnlyCollection<OpenRun> ToRestore { get; }
}

/// <summary>The workflows of the swarms that a principal is limited to.</summary>
internal sealed class ReachableWorkflows(IWorkflowView whole, Principal by) : IWorkflowView
{
    public WorkflowEntity? Workflow(string id) => whole.Workflow(id) is { } workflow && by.Reaches(workflow.Swarm) ? workflow : null;

    public int WorkflowCount => whole.WorkflowCount;

    public DefinitionEntity? Definition(string workflow, int version) => Workflow(workflow) is null ? null : whole.Definition(workflow, version);

    public WorkflowDefinition Read(DefinitionEntity definition) => whole.Read(definition);

    public int CallersOf(string definition) => whole.CallersOf(definition);

    public int OpenRunsOf(string workflow, int? version) => Workflow(workflow) is null ? 0 : whole.OpenRunsOf(workflow, version);

    public OpenRun? Open(string run) => Run(run) is null ? null : whole.Open(run);

    public RunEntity? Run(string run) => whole.Run(run) is { } found && by.Reaches(found.Swarm) ? found : null;

    public RunInputEntity? Input(string run) => Run(run) is null ? null : whole.Input(run);

    public IEnumerable<StepEntity> FetchedSteps(string run) => Run(run) is null ? [] : whole.FetchedSteps(run);

    public string? DamagedStep(string run) => Run(run) is null ? null : whole.DamagedStep(run);

    public IReadOnlyList<string> WithKey(string workflow, string key) => Workflow(workflow) is null ? [] : whole.WithKey(workflow, key);

    public int OpenCount => whole.OpenCount;

    public int BudgetedCount => whole.BudgetedCount;

    public IEnumerable<string> RunsOf(string task) => whole.RunsOf(task).Where(run => Run(run) is not null);

    public IEnumerable<string> TasksUnder(string run) => Run(run) is null ? [] : whole.TasksUnder(run);

    public int OpenSteps => whole.OpenSteps;

    public int RoomInTurn => whole.RoomInTurn;

    public IEnumerable<(string Run, int Step)> ToEvaluate => whole.ToEvaluate;

    public IReadOnlyCollection<OpenRun> ToRestore => whole.ToRestore;
}

internal static class WorkflowViewExtensions
{
    extension(IHiveView view)
    {
        public IWorkflowView Workflows => view.View<IWorkflowView>();

        public WorkflowEntity? Workflow(string id) => view.Workflows.Workflow(id);

        public int WorkflowCount => view.Workflows.WorkflowCount;

        public DefinitionEntity? Definition(string workflow, int version) => view.Workflows.Definition(workflow, version);

        public OpenRun? OpenRun(string run) => view.Workflows.Open(run);

        public RunEntity? Run(string run) => view.Workflows.Run(run);
    }
}
