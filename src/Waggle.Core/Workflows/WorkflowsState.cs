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
    private readonly EntityTable<WorkflowEntity> _workflows;
    private readonly EntityTable<DefinitionEntity> _definitions;
    private readonly EntityTable<RunEntity> _runs;
    private readonly EntityTable<RunInputEntity> _inputs;
    private readonly EntityTable<StepEntity> _steps;
    private readonly Dictionary<string, OpenRun> _open = new(StringComparer.Ordinal);
    private readonly PlanCache _plans = new();
    private readonly RunKeys _keys = new();
    private readonly EvaluationQueue _evaluations = new();
    private readonly Dictionary<string, StepPlace> _byTask = new(StringComparer.Ordinal);
    private readonly RunWaking _waking;
    private readonly WorkflowMetrics _metrics;

    public WorkflowsState(HiveContext hive, TasksState tasks)
    {
        (_hive, _tasks) = (hive, tasks);
        _waking = new(hive);
        _metrics = WorkflowMetrics.Of(hive.Metrics);
        _workflows = hive.Table(WorkflowFeature.Workflows);
        _definitions = hive.Table(WorkflowFeature.Definitions);
        _runs = hive.Table(WorkflowFeature.Runs);
        _inputs = hive.Table(WorkflowFeature.Inputs);
        _steps = hive.Table(WorkflowFeature.Steps);
        tasks.Inputs = new StoredInputs(hive.Hive);
        hive.Timer(RunEntity.Entity.Name, run => new AdvanceRun(run) { By = hive.Hub });
        hive.Timer(StepEntity.Entity.Name, step => new WakeStep(step) { By = hive.Hub });
        hive.Commands.After<AdvanceRun>((advance, _) => _waking.Rearm(Open(advance.Run)));
        hive.On<WorkflowDefined>((r, offset, at) => _workflows.Put(RunEvolver.Define(_workflows[r.Workflow], r, offset, at)));
        hive.On<DefinitionKept>((r, offset, at) => _definitions.Put(RunEvolver.Define(r, offset, at)));
        hive.On<WorkflowCreated>(Create);
        hive.On<RunInputKept>((r, offset, _) => _inputs.Put(RunEvolver.Keep(_inputs[r.Run], r, offset)));
        hive.On<WorkflowStarted>((r, _, at) => Put(_open[r.Run], e => e with { State = WorkflowRunState.Running, StartedAt = at }, wake: true));
        hive.On<WorkflowStepReady>((r, offset, at) => PutStep(r.Run, r.Step, s => RunEvolver.Ready(s, r, offset)));
        hive.On<WorkflowStepStarted>(StartStep);
        hive.On<WorkflowStepEnded>(EndStep);
        hive.On<WorkflowSignalled>(Signal);
        hive.On<ItemStarted>(StartItem);
        hive.On<ItemEnded>(EndItem);
        hive.On<StopAsked>((r, _, _) => Stopped(r));
        hive.On<WorkflowStopping>(Stop);
        hive.On<WorkflowRetried>(Retry);
        hive.On<WorkflowEnded>(End);
        hive.On<TaskRecord>((r, _, _) => TaskEnded(r));
        hive.Views.Add<IWorkflowView>(this, static (whole, _, by) => new ReachableWorkflows(whole, by));
    }

    public int WorkflowCount => _workflows.OpenCount;

    public int OpenCount => _open.Count;

    public int OpenSteps { get; private set; }

    public IEnumerable<(string Run, int Step)> ToEvaluate => _evaluations.All;

    public WorkflowEntity? Workflow(string id) => _workflows[id];

    public DefinitionEntity? Definition(string workflow, int version) => _definitions[DefinitionEntity.IdOf(workflow, version)];

    public OpenRun? Open(string run) => _open.GetValueOrDefault(run);

    public RunEntity? Run(string run) => _runs[run];

    public RunInputEntity? Input(string run) => _inputs[run];

    public IEnumerable<StepEntity> FetchedSteps(string run) => _steps.Closed.Where(s => s.Run == run);

    public IReadOnlyList<string> WithKey(string workflow, string key) => _keys.Of(workflow, key);

    public override async Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        var loader = new RunLoader(store, _hive.Hive, _hive.Log, _plans);
        foreach (var entity in _runs.Open.OrderBy(r => r.Seq).ToArray())
        {
            var run = await loader.RunAsync(entity, cancel);
            Take(run);
            await foreach (var step in loader.StepsAsync(run, cancel)) Load(step, now);
        }
    }

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var run in _open.Values)
        {
            if (run.Entity.State is WorkflowRunState.Stopping or WorkflowRunState.Cancelling) run.BeginStop();
            if (run.Entity.State == WorkflowRunState.Compensating) run.BeginCompensation();

            // What became ready in the last turn before the restart begins now.
            _hive.Timers.Set(run.Entity.EntityKey, now);
        }
    }

    public override void Report(in TurnReport turn) => _metrics.Report(turn, _open.Count, _evaluations.Count);

    public override void EndBatch() => _waking.EndTurn();

    public override void Reset()
    {
        _open.Clear();
        _plans.Clear();
        _keys.Clear();
        _evaluations.Clear();
        _byTask.Clear();
        _waking.EndTurn();
        OpenSteps = 0;
    }

    private void Create(WorkflowCreated r, long offset, DateTimeOffset at)
    {
        var entity = RunEvolver.Create(r, offset, at);
        _runs.Put(entity);
        var run = new OpenRun(entity, _plans.Take(_definitions[DefinitionEntity.IdOf(r.Workflow, r.Version)]!));
        Take(run);
        _hive.Timers.Set(entity.EntityKey, entity.Deadline);
        if (entity.State == WorkflowRunState.Running) _waking.Wake(run);
    }

    private void Take(OpenRun run)
    {
        _open[run.Entity.Id] = run;
        _keys.Add(run.Entity);
        OpenSteps += run.Entity.Steps;
    }

    private void Put(OpenRun run, Func<RunEntity, RunEntity> next, bool wake)
    {
        run.Entity = next(run.Entity);
        _runs.Put(run.Entity);
        if (wake) _waking.Wake(run);
    }

    private OpenRun PutStep(string id, string step, Func<StepEntity?, StepEntity> next)
    {
        var run = _open[id];
        var index = run.Plan.IndexOf(step)!.Value;
        var entity = next(run.Step(index)) with { Deadline = run.Entity.Deadline };
        _steps.Put(entity);
        var more = run.Put(index, entity);
        _evaluations.Follow(run, index);
        if (more) _waking.Wake(run);
        else if (run.Ready.Count > 0) _waking.Later(run);
        return run;
    }

    private void StartStep(WorkflowStepStarted r, long offset, DateTimeOffset at)
    {
        _waking.Count();
        var place = new StepPlace(r.Run, _open[r.Run].Plan.IndexOf(r.Step)!.Value, -1, r.Compensation);
        if (r.Task is not null) _byTask[r.Task] = place;
        if (r.Compensation)
        {
            var entity = RunEvolver.Start(null, r, offset, at) with { Deadline = _open[r.Run].Entity.Deadline };
            _steps.Put(entity);
            _open[r.Run].PutCompensation(place.Step, entity);
            return;
        }

        PutStep(r.Run, r.Step, s => RunEvolver.Start(s, r, offset, at));
        if (r.DueAt is { } due) _hive.Timers.Set(new(StepEntity.Entity.Name, StepEntity.IdOf(r.Run, r.Step)), due);
        if (r.Items == 0) _hive.Reactions.Enqueue(new FinishMap(r.Run, place.Step) { By = _hive.Hub });
    }

    private void EndStep(WorkflowStepEnded r, long offset, DateTimeOffset at)
    {
        var run = _open[r.Run];
        var index = run.Plan.IndexOf(r.Step)!.Value;
        if (r.Compensation)
        {
            var entity = RunEvolver.End(run.Compensation!, r, offset, at);
            _steps.Put(entity);
            run.PutCompensation(index, entity);
            _waking.Wake(run);
            return;
        }

        _waking.Count();
        _hive.Timers.Set(new(StepEntity.Entity.Name, StepEntity.IdOf(r.Run, r.Step)), null);
        var weight = run.Plan.Steps[index].Weight;
        Put(run, e => RunEvolver.Count(e, r, weight), wake: false);
        PutStep(r.Run, r.Step, s => RunEvolver.End(s, r, offset, at));
    }

    private void Signal(WorkflowSignalled r, long offset, DateTimeOffset at)
    {
        var run = PutStep(r.Run, r.Step, s => RunEvolver.Signal(s, r, offset));
        if (run.Step(run.Plan.IndexOf(r.Step)!.Value) is { State: WorkflowStepState.Running })
            _hive.Reactions.Enqueue(new WakeStep(StepEntity.IdOf(r.Run, r.Step)) { By = _hive.Hub });
    }

    private void StartItem(ItemStarted r, long offset, DateTimeOffset at)
    {
        var run = _open[r.Run];
        if (r.Task is not null) _byTask[r.Task] = new(r.Run, r.Step, r.Item, false);
        var entity = RunEvolver.Start(run, r, offset, at);
        _steps.Put(entity);
        run.Map(r.Step)!.Put(r.Item, entity);
        _evaluations.Follow(run, r.Step);
    }

    private void EndItem(ItemEnded r, long offset, DateTimeOffset at)
    {
        var run = _open[r.Run];
        var map = run.Map(r.Step)!;
        var entity = RunEvolver.End(run, map.Running.GetValueOrDefault(r.Item), r, offset, at);
        _steps.Put(entity);
        map.Put(r.Item, entity);
        run.StopAsked(r.Step, r.Item);
        PutStep(r.Run, entity.Step, s => RunEvolver.Count(s!, r));
        _hive.Reactions.Enqueue(new FinishMap(r.Run, r.Step) { By = _hive.Hub });
    }

    private void Stopped(StopAsked r)
    {
        var run = _open[r.Run];
        run.StopAsked(r.Step, r.Item);
        if (run.ToStop.Count > 0) _waking.Later(run);
        else if (run.Active.Count == 0) _waking.Wake(run);
    }

    private void Stop(WorkflowStopping r, long offset, DateTimeOffset at)
    {
        var run = _open[r.Run];
        Put(run, e => RunEvolver.Stop(e, r), wake: true);
        _evaluations.Leave(run);
        if (r.State == WorkflowRunState.Compensating) run.BeginCompensation();
        else run.BeginStop();
    }

    private void Retry(WorkflowRetried r, long offset, DateTimeOffset at)
    {
        var entity = RunEvolver.Retry(_runs[r.Run]!, r, at);
        var run = new OpenRun(entity, _plans.Take(_definitions[DefinitionEntity.IdOf(entity.Workflow, entity.Version)]!));
        Take(run);
        foreach (var step in FetchedSteps(r.Run).OrderBy(s => s.Id, StringComparer.Ordinal).ToArray())
        {
            if (RunEvolver.Keep(step, run.Plan.IndexOf(step.Step) is { } place ? run.Step(place) : null, r.Deadline) is { } kept)
            {
                _steps.Put(kept);
                if (kept.Item is null && kept.State == WorkflowStepState.Completed)
                    entity = RunEvolver.Keep(entity, run.Plan.Steps[run.Plan.IndexOf(kept.Step)!.Value].Weight);
                Load(kept, at);
            }
            else
            {
                _steps.Remove(step.Id);
            }
        }

        run.Entity = entity;
        _runs.Put(entity);
        _hive.Timers.Set(entity.EntityKey, entity.Deadline);
        _waking.Wake(run);
    }

    private void End(WorkflowEnded r, long offset, DateTimeOffset at)
    {
        var run = _open[r.Run];
        Put(run, e => RunEvolver.End(e, r, at), wake: false);
        _open.Remove(r.Run);
        _plans.Release(run.Entity);
        _evaluations.Leave(run);
        OpenSteps -= run.Entity.Steps;
        _hive.Timers.Set(run.Entity.EntityKey, null);
        if (_keys.Remove(run.Entity) is { } next) _hive.Reactions.Enqueue(new BeginQueued(next) { By = _hive.Hub });
        if (run.Entity is { ParentRun: { } parent, ParentStep: { } step } && _open.GetValueOrDefault(parent)?.Plan.IndexOf(step) is { } index)
            _hive.Reactions.Enqueue(new EndStep(new(parent, index, run.Entity.ParentItem ?? -1, false), null, r.Run) { By = _hive.Hub });
    }

    private void TaskEnded(TaskRecord record)
    {
        if (!record.State.IsTerminal() || record is TaskOrphanResult || !_byTask.Remove(record.Task, out var place)) return;
        _hive.Reactions.Enqueue(new EndStep(place, record.Task, null) { By = _hive.Hub });
    }

    // A step that runs after a restart: its task or its run leads back to it.
    private void Load(StepEntity step, DateTimeOffset now)
    {
        var run = _open[step.Run];
        if (run.Plan.IndexOf(step.Step) is not { } index) return;
        run.Load(step);
        _evaluations.Follow(run, index);
        if (step.State != WorkflowStepState.Running) return;
        var place = new StepPlace(step.Run, index, step.Item ?? -1, step.Compensation);
        if (step.Task is { } task) _byTask[task] = place;
        if (step.DueAt is { } due) _hive.Timers.Set(new(StepEntity.Entity.Name, step.Id), due);
        if (RunLoader.EndOf(step, place, id => _tasks.Task(id) is not null || _runs[id] is not null, _hive.Hub) is { } end) _hive.Due.Repeat(end, now);
    }
}
