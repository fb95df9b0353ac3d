using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Applies the records about steps, items of maps and compensations to the open runs. Only the owner's loop uses it.</summary>
internal sealed class StepChanges(HiveContext hive, WorkflowTables tables, OpenRuns open)
{
    public void Register()
    {
        hive.On<WorkflowStepReady>((r, offset, _) => open.PutStep(r.Run, r.Step, s => RunEvolver.Ready(s, r, offset)));
        hive.On<WorkflowStepStarted>(StartStep);
        hive.On<WorkflowStepEnded>(EndStep);
        hive.On<WorkflowSignalled>(Signal);
        hive.On<ItemStarted>(StartItem);
        hive.On<ItemEnded>(EndItem);
        hive.On<MapFailing>(FailMap);
        hive.On<StopAsked>((r, _, _) => Stopped(r));
        hive.On<TaskRecord>((r, _, _) => TaskEnded(r));
    }

    private static EntityKey KeyOf(string run, string step) => new(StepEntity.Entity.Name, StepEntity.IdOf(run, step));

    private void StartStep(WorkflowStepStarted r, long offset, DateTimeOffset at)
    {
        open.Waking.Count();
        var run = open[r.Run];
        var place = new StepPlace(r.Run, run.Plan.IndexOf(r.Step)!.Value, -1, r.Compensation);
        if (r.Task is not null) open.Follow(r.Task, place);
        if (r.Compensation)
        {
            var entity = RunEvolver.Start(null, r, offset, at) with { Deadline = run.Entity.Deadline };
            tables.Steps.Put(entity);
            run.PutCompensation(place.Step, entity);
            if (r.Task is not null && !run.Entity.Compensated) open.Put(run, run.Entity with { Compensated = true });
            return;
        }

        open.PutStep(r.Run, r.Step, s => RunEvolver.Start(s, r, offset, at));
        if (r.DueAt is { } due) hive.Timers.Set(KeyOf(r.Run, r.Step), due);
        if (r.Items == 0) Finish(place);
    }

    private void EndStep(WorkflowStepEnded r, long offset, DateTimeOffset at)
    {
        var run = open[r.Run];
        var index = run.Plan.IndexOf(r.Step)!.Value;
        if (r.Compensation)
        {
            var entity = RunEvolver.End(run.Compensation!, r, offset, at);
            tables.Steps.Put(entity);
            run.PutCompensation(index, entity);
            open.Waking.Wake(run);
            return;
        }

        open.Waking.Count();
        hive.Timers.Set(KeyOf(r.Run, r.Step), null);
        open.Put(run, RunEvolver.Count(run.Entity, r, run.Plan.Steps[index].Weight));
        open.PutStep(r.Run, r.Step, s => RunEvolver.End(s, r, offset, at));
    }

    private void Signal(WorkflowSignalled r, long offset, DateTimeOffset at)
    {
        var run = open.PutStep(r.Run, r.Step, s => RunEvolver.Signal(s, r, offset));
        if (run.Step(run.Plan.IndexOf(r.Step)!.Value) is { State: WorkflowStepState.Running })
            hive.Reactions.Enqueue(new WakeStep(StepEntity.IdOf(r.Run, r.Step)) { By = hive.Hub });
    }

    private void StartItem(ItemStarted r, long offset, DateTimeOffset at)
    {
        var run = open[r.Run];
        if (r.Task is not null) open.Follow(r.Task, new(r.Run, r.Step, r.Item, false));
        var entity = RunEvolver.Start(run, r, offset, at);
        tables.Steps.Put(entity);
        run.Map(r.Step)!.Put(r.Item, entity);
        open.Evaluations.Follow(run, r.Step);
    }

    private void EndItem(ItemEnded r, long offset, DateTimeOffset at)
    {
        var run = open[r.Run];
        var map = run.Map(r.Step)!;
        var entity = RunEvolver.End(run, map.Running.GetValueOrDefault(r.Item), r, offset, at);
        tables.Steps.Put(entity);
        map.Put(r.Item, entity);
        run.StopAsked(r.Step, r.Item);
        open.PutStep(r.Run, entity.Step, s => RunEvolver.Count(s!, r));
        Finish(new(r.Run, r.Step, -1, false));
    }

    private void FailMap(MapFailing r, long offset, DateTimeOffset at)
    {
        open.PutStep(r.Run, open[r.Run].Plan.Steps[r.Step].Id, s => s! with { Error = r.Error });
        Finish(new(r.Run, r.Step, -1, false));
    }

    private void Stopped(StopAsked r)
    {
        open.Waking.Count();
        var run = open[r.Run];
        run.StopAsked(r.Step, r.Item);
        if (run.ToStop.Count > 0) open.Waking.Later(run);
        else if (run.Active.Count == 0) open.Waking.Wake(run);
    }

    private void TaskEnded(TaskRecord record)
    {
        if (!record.State.IsTerminal() || record is TaskOrphanResult || !open.TryUnfollow(record.Task, out var place)) return;
        hive.Reactions.Enqueue(new EndStep(place, record.Task, null) { By = hive.Hub });
    }

    private void Finish(in StepPlace map) => hive.Reactions.Enqueue(new FinishMap(map.Run, map.Step) { By = hive.Hub });
}
