using Waggle.Client;
using Waggle.Survey.Processes;
using Waggle.Survey.State;

namespace Waggle.Survey.Demo;

/// <summary>Kills one analyst after half of the files, at a moment when it holds a task according to the hub.</summary>
internal sealed class PlannedKill(DemoState state, WorkerTeam team, WaggleClient client, TimeProvider time)
{
    private bool _done;
    private int _asked = -1;

    /// <summary>
    /// Kills the analyst if it is time. Call it after each observation. An observation may be a moment old, so the method asks the hub for the tasks of the
    /// worker.
    /// </summary>
    public async ValueTask ConsiderAsync(CancellationToken cancel)
    {
        if (_done) return;
        IReadOnlyList<(DemoProcess Worker, DemoAgent Agent)> victims;
        lock (state.Gate)
        {
            // While no worker holds a task, only the next assignment can change that.
            if (!state.IsHalfDone || state.Assignments == _asked) return;
            _asked = state.Assignments;
            victims = state.Workers.Victims(state.Agents);
        }

        foreach (var (worker, agent) in victims)
        {
            if (team.Find(worker.Name) is not { } process) continue;
            var held = await KillAsync(process, agent.Id, cancel);
            if (held.Count == 0) continue;
            _done = true;
            lock (state.Gate) state.Killed(time.GetUtcNow(), new Kill(worker.Name, agent.Id, process.Pid, held));
            return;
        }
    }

    /// <summary>
    /// Returns the tasks that the worker held when it was killed; none if it held nothing and stays alive. The worker is stopped during the query: a file takes
    /// a millisecond, so a running worker would complete its tasks between the answer and the kill.
    /// </summary>
    private async Task<IReadOnlyList<string>> KillAsync(WorkerProcess process, string agent, CancellationToken cancel)
    {
        using var freeze = new Freeze(process.Pid);
        var held = await HeldAsync(agent, cancel);
        if (held.Count > 0) await team.KillAsync(process);
        return held;
    }

    /// <summary>
    /// Returns the tasks of the worker after two equal answers of the hub in a row. By then the hub has taken all that the worker sent before it was stopped.
    /// </summary>
    private async Task<IReadOnlyList<string>> HeldAsync(string agent, CancellationToken cancel)
    {
        IReadOnlyList<string>? before = null;
        while (true)
        {
            var held = (await client.ShowAgentAsync(agent, cancel)).Holding;
            if (before is not null && held.SequenceEqual(before)) return held;
            before = held;
        }
    }
}
