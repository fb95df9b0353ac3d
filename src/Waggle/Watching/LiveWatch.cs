using Spectre.Console.Rendering;
using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Protocol.Topics;
using Waggle.Shared;

namespace Waggle.Watching;

/// <summary>A watch that redraws itself. One loop takes the observations and another draws the board, so that neither waits for the other.</summary>
internal sealed class LiveWatch(HubCall call, string[] patterns, Position? since, TimeProvider time)
{
    private const int MostSeeded = 100;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    private readonly WatchBoard _board =
        new(new Rates(RateWindow, time)) { FollowsAgents = Wanted(patterns, "agent.any.status"), FollowsTasks = Wanted(patterns, "task.any.assigned") };

    /// <returns>The last position.</returns>
    public async Task<Position> RunAsync()
    {
        call.OnLink = away => _board.Away = away;
        var client = await call.ConnectAsync(patient: true);
        var start = client.Welcome.Position;
        _board.Position = since ?? start;

        // Rates need the records of these topics.
        if (!Rates.Patterns.All(p => Wanted(patterns, p.Replace("*", "any", StringComparison.Ordinal)))) _board.Rates.Stop();
        await using var observer = client.ObserveAsync(patterns, since, call.Cancel);
        await observer.Ready.WaitAsync(call.Cancel);
        await SeedAsync(client);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel);
        var following = FollowAsync(observer, start, over);
        await LiveScreen.RunAsync(Draw, Period, time, over.Token);
        // Ends the loop that follows, if that loop has not ended the screen.
        await observer.DisposeAsync();
        try
        {
            await following;
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            // The user ended the watch.
        }

        return _board.Position;
    }

    // Reads the current state of the watched objects. The observer started before, so every change during the read arrives after it.
    private async Task SeedAsync(WaggleClient client)
    {
        foreach (var agent in await client.ListAgentsAsync(null, call.Cancel))
        {
            if (Wanted(patterns, $"agent.{agent.Id}.status")) _board.Know(agent);
        }

        await SeedAsync(client, new TaskFilter { PageSize = MostSeeded });
        IReadOnlyList<TaskState> atWork = [TaskState.Assigned, TaskState.Running, TaskState.InputRequired, TaskState.Cancelling];
        await SeedAsync(client, new TaskFilter { States = atWork, PageSize = MostSeeded });
        foreach (var pattern in patterns)
        {
            if (pattern.Split('.') is ["task", var id, ..] && Ids.IsValid(id)) await SeedAsync(client, id);
        }
    }

    private async Task SeedAsync(WaggleClient client, TaskFilter filter)
    {
        var newest = new List<TaskView>(MostSeeded);
        await foreach (var task in client.ListTasksAsync(filter, call.Cancel))
        {
            newest.Add(task);
            if (newest.Count == MostSeeded) break;
        }

        // The list begins with the newest task, and the board shows the last added one first.
        newest.Reverse();
        foreach (var task in newest.Where(t => Wanted(patterns, $"task.{t.Id}.assigned"))) _board.Know(task);
    }

    private async Task SeedAsync(WaggleClient client, string id)
    {
        try
        {
            _board.Know(await client.ShowTaskAsync(id, call.Cancel));
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            // The object may still arrive as a record.
        }
    }

    private static bool Wanted(string[] patterns, string topic) => patterns.Any(p => TopicPattern.TryParse(p, out var pattern) && pattern.Matches(topic));

    private async Task FollowAsync(Observer observer, Position start, CancellationTokenSource over)
    {
        try
        {
            await foreach (var observation in observer)
            {
                // Records that --since repeats are old, so they do not count for the rate.
                var fresh = (observation.Position.Epoch, observation.Position.Offset).CompareTo((start.Epoch, start.Offset)) > 0;
                lock (_board.Gate) _board.See(observation, fresh);
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private IRenderable Draw(int width, int height)
    {
        lock (_board.Gate) return WatchView.Draw(_board, Failures.Authority(call.Url), width, height);
    }
}
