using Waggle.Client;
using Waggle.Protocol.Model;
using Waggle.Survey.State;

namespace Waggle.Survey.Demo;

/// <summary>Applies observations to the state until the survey has ended.</summary>
internal sealed class Following(DemoState state, WaggleClient client, PlannedKill kill)
{
    public async Task RunAsync(Observer observer, CancellationToken cancel)
    {
        await foreach (var observation in observer.WithCancellation(cancel))
        {
            if (observation is NotRecovered) await ReloadAsync(cancel);
            lock (state.Gate)
            {
                // Gaps need no handling: they contain progress only, and later progress replaces it.
                if (observation is RecordObserved seen) state.Apply(seen.Record);
                if (state.End is not null) return;
            }

            await kill.ConsiderAsync(cancel);
        }

        throw new SurveyException("the hub closed the connection of the demo");
    }

    private async Task ReloadAsync(CancellationToken cancel)
    {
        var tasks = new List<TaskView>();
        await foreach (var task in client.ListTasksAsync(new TaskFilter { Swarm = state.Swarm, Ascending = true, PageSize = 500 }, cancel)) tasks.Add(task);
        var agents = await client.ListAgentsAsync(state.Swarm, cancel);
        lock (state.Gate) state.Reload(tasks, agents);
    }
}
