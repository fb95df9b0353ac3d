using Waggle.Client;
using Waggle.Demo.Processes;
using Waggle.Demo.State;

namespace Waggle.Demo;

/// <summary>Kills one analyst when half of the files are done, at a moment when the hub says that it holds something.</summary>
internal sealed class PlannedKill(DemoState state, WorkerTeam team, WaggleClient client, TimeProvider time)
{
    private bool _done;
    private int _asked = -1;

    /// <summary>To be called after each observation. What was observed may be a moment old, so the hub is asked before, and again when the worker is dead.</summary>
    public async ValueTask ConsiderAsync(CancellationToken cancel)
    {
        if (_done) return;
        IReadOnlyList<(WorkerSight Worker, AgentSight Agent)> victims;
        lock (state.Gate)
        {
            // When nobody holds anything, only the next assignment can change that.
            if (!state.IsHalfDone || state.Assignments == _asked) return;
            _asked = state.Assignments;
            victims = state.Victims();
        }

        foreach (var (worker, agent) in victims)
        {
            if ((await client.ShowAgentAsync(agent.Id, cancel)).Holding.Count == 0) continue;
            if (await team.KillAsync(worker.Name) is not { } pid) continue;
            _done = true;
            var held = (await client.ShowAgentAsync(agent.Id, cancel)).Holding;
            lock (state.Gate) state.Killed(time.GetUtcNow(), new Kill(worker.Name, agent.Id, pid, held));
            return;
        }
    }
}
