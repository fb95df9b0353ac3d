using Waggle.Survey.Workers;

namespace Waggle.Survey.State;

/// <summary>The worker processes and their states.</summary>
internal sealed class WorkerBoard
{
    private readonly List<DemoProcess> _all = [];

    /// <summary>The processes in the order of their first start.</summary>
    public IReadOnlyList<DemoProcess> All => _all;

    /// <summary>The analysts whose process runs.</summary>
    public IEnumerable<DemoProcess> Analysts => _all.Where(worker => worker is { Role: DemoWorker.AnalystRole, Fate: WorkerFate.Running });

    /// <summary>Records the first start or a restart of a process.</summary>
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

    /// <summary>Returns the living analysts that hold a file, the one with the most first, because its death shows the most.</summary>
    public IReadOnlyList<(DemoProcess Worker, DemoAgent Agent)> Victims(AgentBoard agents) =>
    [
        .. Analysts
            .SelectMany(worker => agents.Named(worker.Name), (worker, agent) => (Worker: worker, Agent: agent))
            .Where(pair => pair.Agent.Holding.Count > 0)
            .OrderByDescending(pair => pair.Agent.Holding.Count),
    ];
}
