using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The runs that have not ended, and the indexes over them: by key, by the tasks of their steps. Only the owner's loop uses it.</summary>
internal sealed class OpenRuns(HiveContext hive, WorkflowTables tables)
{
    private readonly Dictionary<string, OpenRun> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StepPlace> _byTask = new(StringComparer.Ordinal);

    public PlanCache Plans { get; } = new();

    public RunKeys Keys { get; } = new();

    public EvaluationQueue Evaluations { get; } = new();

    public RunWaking Waking { get; } = new(hive);

    public RestoreQueue Restoring { get; } = new(hive);

    public int Count => _open.Count;

    /// <summary>The open runs whose definition or start names a budget.</summary>
    public int Budgeted { get; private set; }

    /// <summary>The steps of all open runs together.</summary>
    public int Steps { get; private set; }

    public IReadOnlyCollection<OpenRun> All => _open.Values;

    public OpenRun this[string run] => _open[run];

    public OpenRun? Find(string run) => _open.GetValueOrDefault(run);

    public void Take(OpenRun run)
    {
        _open[run.Entity.Id] = run;
        Keys.Add(run.Entity);
        Steps += run.Entity.Steps;
        if (run.Entity.Budget is not null) Budgeted++;
    }

    /// <summary>Drops a run that ended.</summary>
    /// <returns>The run with the same key that may run now; null if there is none.</returns>
    public string? Leave(OpenRun run)
    {
        _open.Remove(run.Entity.Id);
        Plans.Release(run.Entity);
        Evaluations.Leave(run);
        Steps -= run.Entity.Steps;
        if (run.Entity.Budget is not null) Budgeted--;
        return Keys.Remove(run.Entity);
    }

    /// <summary>Sets the next value of a run.</summary>
    public void Put(OpenRun run, RunEntity next)
    {
        run.Entity = next;
        tables.Runs.Put(next);
    }

    /// <summary>Sets the next value of a step, and lets its run go on if that made another step ready.</summary>
    public OpenRun PutStep(string id, string step, Func<StepEntity?, StepEntity> next)
    {
        var run = _open[id];
        var index = run.Plan.IndexOf(step)!.Value;
        var entity = next(run.Step(index)) with { Deadline = run.Entity.Deadline };
        tables.Steps.Put(entity);
        var more = run.Put(index, entity);
        Evaluations.Follow(run, index);
        if (more) Waking.Wake(run);
        else if (run.Ready.Count > 0) Waking.Later(run);
        return run;
    }

    /// <summary>The run that a task is a step of, and the runs above it.</summary>
    public IEnumerable<OpenRun> RunsOf(string task)
    {
        // A task that has ended is named by its parent alone: its worker may report usage late.
        var first = _byTask.TryGetValue(task, out var place) ? place.Run
            : hive.Task(task) is { Spec.Parent: { } parent } ended && ended.State.IsTerminal() ? parent : null;
        for (var run = first is null ? null : Find(first); run is not null;)
        {
            yield return run;
            run = run.Entity.ParentRun is { } above ? Find(above) : null;
        }
    }

    /// <summary>The open tasks of a run and of the runs below it.</summary>
    public IEnumerable<string> TasksUnder(string run)
    {
        foreach (var part in Find(run)?.Running ?? [])
        {
            if (part.Task is { } task) yield return task;
            foreach (var below in part.Child is { } child ? TasksUnder(child) : []) yield return below;
        }
    }

    /// <summary>Notes the part of a run whose task this is.</summary>
    public void Follow(string task, in StepPlace place) => _byTask[task] = place;

    /// <summary>Returns the part of a run whose task ended, once.</summary>
    public bool TryUnfollow(string task, out StepPlace place) => _byTask.Remove(task, out place);

    /// <summary>Takes up a stored step: its task and its timer lead back to it.</summary>
    /// <returns>The place of a step that runs; null for another one.</returns>
    public StepPlace? Load(StepEntity step)
    {
        var run = _open[step.Run];
        if (run.Plan.IndexOf(step.Step) is not { } index) return null;
        run.Load(step);
        Evaluations.Follow(run, index);
        if (step.State != WorkflowStepState.Running) return null;
        var place = new StepPlace(step.Run, index, step.Item ?? -1, step.Compensation);
        if (step.Task is { } task) Follow(task, place);
        if (step.DueAt is { } due) hive.Timers.Set(new EntityKey(StepEntity.Entity.Name, step.Id), due);
        return place;
    }

    public void Clear()
    {
        _open.Clear();
        _byTask.Clear();
        Plans.Clear();
        Keys.Clear();
        Evaluations.Clear();
        Restoring.Clear();
        Waking.EndTurn();
        (Steps, Budgeted) = (0, 0);
    }
}
