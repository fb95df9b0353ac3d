using Waggle.Survey.Workers;

namespace Waggle.Survey.State;

/// <summary>The worker processes and what became of them.</summary>
internal sealed class WorkerBoard
{
    private readonly List<DemoProcess> _all = [];

    /// <summary>In the order in which they were first started.</summary>
    public IReadOnlyList<DemoProcess> All => _all;

    /// <summary>A process of the name was started, for the first time or again.</summary>
    public void Started(string name, string role, int pid)
    {
        var worker = _all.Find(known => known.Name == name);
        if (worker is null) _all.Add(worker = new DemoProcess(name, role));
        worker.Pid = pid;
        worker.Fate = WorkerFate.Running;
    }

    public void Left(string name, WorkerFate fate)
    {
        if (_all.Find(known => known.Name == name) is { } worker) worker.Fate = fate;
    }

    /// <summary>Analysts alive that have a file in hand, the one with the most first: its death shows the most.</summary>
    public IReadOnlyList<(DemoProcess Worker, DemoAgent Agent)> Victims(AgentBoard agents) =>
    [
        .. _all
            .Where(worker => worker is { Role: DemoWorker.AnalystRole, Fate: WorkerFate.Running })
            .SelectMany(worker => agents.Named(worker.Name), (worker, agent) => (Worker: worker, Agent: agent))
            .Where(pair => pair.Agent.Holding.Count > 0)
            .OrderByDescending(pair => pair.Agent.Holding.Count),
    ];
}
