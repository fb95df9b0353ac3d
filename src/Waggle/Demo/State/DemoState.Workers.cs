using Waggle.Demo.Workers;
using Waggle.Protocol.Model;

namespace Waggle.Demo.State;

internal sealed partial class DemoState
{
    private readonly List<WorkerSight> _workers = [];

    /// <summary>In the order in which they were first started.</summary>
    public IReadOnlyList<WorkerSight> Workers => _workers;

    public Kill? Kill { get; private set; }

    /// <summary>Analysts alive that have a file in hand, the one with the most first: whoever is killed should be missed.</summary>
    public IReadOnlyList<(WorkerSight Worker, AgentSight Agent)> Victims() =>
    [
        .. _workers
            .Where(worker => worker is { Role: DemoWorker.AnalystRole, Fate: WorkerFate.Running })
            .SelectMany(worker => Agents.Named(worker.Name), (worker, agent) => (Worker: worker, Agent: agent))
            .Where(pair => pair.Agent.Holding.Count > 0)
            .OrderByDescending(pair => pair.Agent.Holding.Count),
    ];

    public void Started(DateTimeOffset at, string name, string role, int pid)
    {
        var worker = _workers.Find(known => known.Name == name);
        if (worker is null) _workers.Add(worker = new WorkerSight(name, role));
        worker.Pid = pid;
        worker.Fate = WorkerFate.Running;
        Tell(at, $"Started {name} (pid {pid})");
    }

    public void Left(string name, WorkerFate fate)
    {
        if (_workers.Find(known => known.Name == name) is { } worker) worker.Fate = fate;
    }

    public void Killed(DateTimeOffset at, Kill kill)
    {
        Kill = kill;
        Left(kill.Worker, WorkerFate.Killed);
        var held = kill.Held.Select(id => _open.TryGetValue(id, out var task) ? $"{id} ({task.Title})" : id);
        Tell(at, $"Killed {kill.Worker} (pid {kill.Pid}) with SIGKILL while it held {string.Join(" and ", held)}", Tone.Bad);
    }

    /// <summary>Begins anew from the tasks as they stand, after a hole in what was observed; what was told stays told.</summary>
    public void Reload(IEnumerable<TaskView> tasks, IEnumerable<AgentView> agents)
    {
        _open.Clear();
        Agents.Reload(agents.Where(agent => agent.Swarm == swarm));
        (Listed, Completed, Failed, IsListed) = (0, 0, 0, false);
        foreach (var view in tasks)
        {
            var type = view.Spec.Type ?? "";
            Created(new Particulars { Task = view.Id, Title = view.Spec.Title, Spec = new SpecType(type) });
            var task = _open[view.Id];
            if (view.Lease is { } lease) AgentBoard.Give(task, Agents.Of(lease.Agent));
            if (!view.State.IsTerminal()) continue;
            Finished(view.EndedAt ?? view.UpdatedAt, new Particulars { State = view.State, Error = view.Error, Reason = view.CancelReason }, task);
        }
    }
}
