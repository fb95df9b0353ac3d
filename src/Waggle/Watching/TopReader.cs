using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Model;

namespace Waggle.Watching;

/// <summary>Reads the state of a hub. It reads a bounded part of the queue, the oldest tasks, and returns the number of all.</summary>
internal sealed class TopReader(WaggleClient client, Rates rates, TimeSpan window, string? swarm, TimeProvider time)
{
    private const int MostTasks = 500;
    private const int MostSorts = 10;

    public async Task<TopReading> ReadAsync(CancellationToken cancel)
    {
        var agents = await client.ListAgentsAsync(swarm, cancel);
        var swarms = swarm is null ? await client.ListSwarmsAsync(cancel) : [await client.ShowSwarmAsync(swarm, cancel)];
        return new TopReading
        {
            At = time.GetUtcNow(),
            Agents = agents,
            Swarms = swarms,
            Queue = await QueueAsync(swarms.Sum(s => s.Tasks.GetValueOrDefault("pending")), cancel),
            Rates = new TopRates(window.TotalSeconds, rates.Created, rates.Completed, rates.Failed),
        };
    }

    private async Task<TopQueue> QueueAsync(int pending, CancellationToken cancel)
    {
        var tasks = new List<TaskView>();
        if (pending > 0)
        {
            var filter = new TaskFilter { Swarm = swarm, States = [TaskState.Pending], Ascending = true, PageSize = MostTasks };
            await foreach (var task in client.ListTasksAsync(filter, cancel))
            {
                tasks.Add(task);
                if (tasks.Count == MostTasks) break;
            }
        }

        var waits = new List<TopWait>();
        foreach (var sort in tasks.GroupBy(SortOf, StringComparer.Ordinal).OrderByDescending(g => g.Count()).Take(MostSorts))
        {
            waits.Add(await WaitAsync([.. sort], cancel));
        }

        var priorities = tasks.CountBy(t => t.Priority)
            .OrderBy(p => p.Key).ToDictionary(p => p.Key.ToString(CultureInfo.InvariantCulture), p => p.Value, StringComparer.Ordinal);
        return new TopQueue(Math.Max(pending, tasks.Count), tasks.Count, priorities, waits);
    }

    // Tasks of a sort wait for the same reason, so one query covers them all.
    private async Task<TopWait> WaitAsync(TaskView[] sort, CancellationToken cancel)
    {
        var spec = sort[0].Spec;
        var reason = (await client.ShowTaskAsync(sort[0].Id, cancel)).UnschedulableReason;
        return new TopWait(sort[0].Swarm, spec.Requires is { Count: > 0 } needs ? needs : null, OnlyFor(sort[0]), sort.Length, reason?.Code, reason?.Message);
    }

    // A hub of an earlier version does not send the assignee.
    private static string? OnlyFor(TaskView task) => task.Assignee ?? task.Spec.AssignTo;

    private static string SortOf(TaskView task)
    {
        var needs = (task.Spec.Requires ?? new Dictionary<string, double>()).OrderBy(r => r.Key, StringComparer.Ordinal)
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key}:{r.Value}"));
        return $"{task.Swarm}/{OnlyFor(task)}/{string.Join(',', needs)}";
    }
}
