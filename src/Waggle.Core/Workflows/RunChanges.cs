using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Applies the records about runs to the open runs. Only the owner's loop uses it.</summary>
internal sealed class RunChanges(HiveContext hive, WorkflowTables tables, OpenRuns open)
{
    public void Register()
    {
        hive.On<WorkflowCreated>(Create);
        hive.On<RunInputKept>((r, offset, _) => tables.Inputs.Put(RunEvolver.Keep(tables.Inputs[r.Run], r, offset)));
        hive.On<WorkflowStarted>(Start);
        hive.On<RunPostponed>((r, _, _) => open.Waking.Postpone(open[r.Run]));
        hive.On<WorkflowStopping>(Stop);
        hive.On<WorkflowRetried>(Retry);
        hive.On<StepsRestored>(Restore);
        hive.On<WorkflowEnded>(End);
        hive.On<SwarmStateChanged>(SwarmChanged);
    }

    private void Create(WorkflowCreated r, long offset, DateTimeOffset at)
    {
        var entity = RunEvolver.Create(r, offset, at);
        tables.Runs.Put(entity);
        var run = new OpenRun(entity, open.Plans.Take(tables.Definitions[DefinitionEntity.IdOf(r.Workflow, r.Version)]!));
        open.Take(run);
        hive.Timers.Set(entity.EntityKey, entity.Deadline);
        if (entity.State == WorkflowRunState.Running) open.Waking.Wake(run);
    }

    private void Start(WorkflowStarted r, long offset, DateTimeOffset at)
    {
        var run = open[r.Run];
        open.Put(run, run.Entity with { State = WorkflowRunState.Running, StartedAt = at });
        open.Waking.Wake(run);
    }

    private void Stop(WorkflowStopping r, long offset, DateTimeOffset at)
    {
        var run = open[r.Run];
        open.Put(run, RunEvolver.Stop(run.Entity, r));
        open.Evaluations.Leave(run);
        if (r.State == WorkflowRunState.Compensating) run.BeginCompensation();
        else run.BeginStop();
        open.Waking.Wake(run);
    }

    private void Retry(WorkflowRetried r, long offset, DateTimeOffset at)
    {
        var entity = RunEvolver.Retry(tables.Runs[r.Run]!, r, offset, at);
        var run = new OpenRun(entity, open.Plans.Take(tables.Definitions[DefinitionEntity.IdOf(entity.Workflow, entity.Version)]!));
        tables.Runs.Put(entity);
        open.Take(run);
        hive.Timers.Set(entity.EntityKey, entity.Deadline);
        open.Restoring.Add(run);
    }

    private void Restore(StepsRestored r, long offset, DateTimeOffset at)
    {
        var run = open[r.Run];
        var entity = run.Entity with { Restored = r.UpTo, Damage = run.Entity.Damage ?? r.Damage };
        foreach (var step in r.Steps)
        {
            var index = run.Plan.IndexOf(step.Step);
            if (RunEvolver.Keep(step, index is { } there ? run.Step(there) : null, entity.Deadline) is not { } kept)
            {
                tables.Steps.Remove(step.Id);
                continue;
            }

            tables.Steps.Put(kept);
            if (kept is { Item: null, State: WorkflowStepState.Completed }) entity = RunEvolver.Keep(entity, run.Plan.Steps[index!.Value].Weight);
            open.Load(kept);
        }

        open.Put(run, entity);
        open.Restoring.Restored(run);
        if (entity.Restored is null) GoOn(run);
    }

    // A retried run with all its steps goes on: it may have been asked to stop meanwhile.
    private void GoOn(OpenRun run)
    {
        if (run.Entity.State != WorkflowRunState.Running) run.BeginStop();
        foreach (var index in run.Active)
        {
            open.Evaluations.Follow(run, index);
            if (run.Step(index) is { Items: not null }) hive.Reactions.Enqueue(new RestartMap(run.Entity.Id, index) { By = hive.Hub });
        }

        hive.Timers.SetEarlier(run.Entity.EntityKey, run.Entity.Deadline);
        open.Waking.Wake(run);
    }

    private void End(WorkflowEnded r, long offset, DateTimeOffset at)
    {
        var run = open[r.Run];
        open.Put(run, RunEvolver.End(run.Entity, r, at));
        hive.Timers.Set(run.Entity.EntityKey, null);
        if (open.Leave(run) is { } next) hive.Reactions.Enqueue(new BeginQueued(next) { By = hive.Hub });
        if (run.Entity is { ParentRun: { } parent, ParentStep: { } step } && open.Find(parent)?.Plan.IndexOf(step) is { } index)
            hive.Reactions.Enqueue(new EndStep(new(parent, index, run.Entity.ParentItem ?? -1, false), null, r.Run) { By = hive.Hub });
    }

    // The runs of a stopped swarm end in the next turns.
    private void SwarmChanged(SwarmStateChanged r, long offset, DateTimeOffset at)
    {
        if (r.State != SwarmState.Stopped) return;
        foreach (var run in open.All)
        {
            if (run.Entity.Swarm == r.SwarmId) open.Waking.Later(run);
        }
    }
}
