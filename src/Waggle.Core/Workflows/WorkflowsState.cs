using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The workflows and the open runs with their steps.</summary>
internal sealed class WorkflowsState : FeatureState, IWorkflowView
{
    private readonly HiveContext _hive;
    private readonly TasksState _tasks;
    private readonly WorkflowTables _tables;
    private readonly OpenRuns _open;
    private readonly DefinitionChanges _definitions;
    private readonly WorkflowMetrics _metrics;

    public WorkflowsState(HiveContext hive, TasksState tasks)
    {
        (_hive, _tasks) = (hive, tasks);
        _metrics = WorkflowMetrics.Of(hive.Metrics);
        _tables = new(hive);
        _open = new(hive, _tables);
        tasks.Inputs = new StoredInputs(hive.Hive);
        hive.Timer(RunEntity.Entity.Name, run => new AdvanceRun(run) { By = hive.Hub });
        hive.Timer(RestoreQueue.Timer, _ => new RestoreSteps { By = hive.Hub });
        hive.Timer(StepEntity.Entity.Name, step => new WakeStep(step) { By = hive.Hub });
        hive.Commands.After<AdvanceRun>((advance, _) => _open.Waking.Rearm(Open(advance.Run)));
        _definitions = new(hive, _tables);
        _definitions.Register();
        new RunChanges(hive, _tables, _open).Register();
        new StepChanges(hive, _tables, _open).Register();
        hive.On<TaskUsed>((r, _, _) => Use(r));
        hive.Views.Add<IWorkflowView>(this, static (whole, _, by) => new ReachableWorkflows(whole, by));
    }

    public int WorkflowCount => _tables.Workflows.OpenCount;

    public int OpenCount => _open.Count;

    public int OpenSteps => _open.Steps;

    public int BudgetedCount => _open.Budgeted;

    public int RoomInTurn => _open.Waking.Room;

    public IEnumerable<(string Run, int Step)> ToEvaluate => _open.Evaluations.All;

    public IReadOnlyCollection<OpenRun> ToRestore => _open.Restoring.Runs;

    public WorkflowEntity? Workflow(string id) => _tables.Workflows[id];

    public DefinitionEntity? Definition(string workflow, int version) => _tables.Definitions[DefinitionEntity.IdOf(workflow, version)];

    public WorkflowDefinition Read(DefinitionEntity definition) => _open.Plans.Read(definition);

    public int CallersOf(string definition) => _definitions.Callers.Of(definition);

    public int OpenRunsOf(string workflow, int? version) =>
        _open.All.Count(r => r.Entity.Workflow == workflow && (version is null || r.Entity.Version == version));

    public OpenRun? Open(string run) => _open.Find(run);

    public RunEntity? Run(string run) => _tables.Runs[run];

    public RunInputEntity? Input(string run) => _tables.Inputs[run];

    public IEnumerable<StepEntity> FetchedSteps(string run) => _tables.FetchedSteps(run);

    public string? DamagedStep(string run) => _tables.DamagedStep(run);

    public IEnumerable<string> RunsOf(string task) => _open.RunsOf(task).Select(r => r.Entity.Id);

    public IEnumerable<string> TasksUnder(string run) => [.. _open.TasksUnder(run)];

    public IReadOnlyList<string> WithKey(string workflow, string key) => _open.Keys.Of(workflow, key);

    public override async Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        await _definitions.LoadAsync(store, cancel);
        var loader = new RunLoader(store, _hive.Hive, _hive.Log, _open.Plans);
        foreach (var entity in _tables.Runs.Open.OrderBy(r => r.Seq).ToArray())
        {
            var run = await loader.RunAsync(entity, cancel);
            _open.Take(run);
            await foreach (var step in loader.StepsAsync(run, cancel))
            {
                if (_open.Load(step) is { } place && RunLoader.EndOf(step, place, IsOpen, _hive.Hub) is { } end) _hive.Due.Repeat(end, now);
            }
        }
    }

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var run in _open.All)
        {
            if (run.Entity.State is WorkflowRunState.Stopping or WorkflowRunState.Cancelling) run.BeginStop();
            if (run.Entity.State == WorkflowRunState.Compensating) run.BeginCompensation();
            if (run.Entity.Restored is not null) _open.Restoring.Add(run);
            _hive.Timers.Set(run.Entity.EntityKey, RunStops.Cause(run, _hive, now) is not null || run.CanGoOn ? now : run.Entity.Deadline);
        }
    }

    public override void Report(in TurnReport turn) => _metrics.Report(turn, _open.Count, _open.Evaluations.Count);

    public override void EndBatch() => _open.Waking.EndTurn();

    public override void Reset()
    {
        _open.Clear();
        _definitions.Callers.Clear();
    }

    private void Use(TaskUsed record)
    {
        foreach (var run in _open.RunsOf(record.Task)) _open.Put(run, run.Entity with { Usage = UsageSums.Add(run.Entity.Usage, record.Added) });
    }

    private bool IsOpen(string taskOrRun) => _tasks.Task(taskOrRun) is not null || _tables.Runs[taskOrRun] is not null;
}
