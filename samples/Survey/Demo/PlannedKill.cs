using Waggle.Client;
using Waggle.Survey.Processes;
using Waggle.Survey.State;

namespace Waggle.Survey.Demo;

/// <summary>Kills one analyst when half of the files are done, at a moment when the hub says that it holds something.</summary>
internal sealed class PlannedKill(DemoState state, WorkerTeam team, WaggleClient client, TimeProvider time)
{
    private bool _done;
    private int _asked = -1;

    /// <summary>To be called after each observation. What was observed may be a moment old, so the hub is asked what the worker holds.</summary>
    public async ValueTask ConsiderAsync(CancellationToken cancel)
    {
        if (_done) return;
        IReadOnlyList<(DemoProcess Worker, DemoAgent Agent)> victims;
        lock (state.Gate)
        {
            // When nobody holds anything, only the next assignment can change that.
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
    /// What the worker held when it was killed; nothing when it was let live, since it held nothing. It stands still for the question:
    /// files take a millisecond each, and it would hand in what it holds between the answer and the kill.
    /// </summary>
    private async Task<IReadOnlyList<string>> KillAsync(WorkerProcess process, string agent, CancellationToken cancel)
    {
        using var freeze = new Freeze(process.Pid);
        var held = await HeldAsync(agent, cancel);
        if (held.Count > 0) await team.KillAsync(process);
        return held;
    }

    /// <summary>By the hub's answers, once two in a row agree: what the worker had sent before it stood still has then been taken.</summary>
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
