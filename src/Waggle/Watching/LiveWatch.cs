using Spectre.Console;
using Waggle.Client;
using Waggle.Commands.Shared;
using Waggle.Demo.Views;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Protocol.Topics;

namespace Waggle.Watching;

/// <summary>A watch that redraws itself: one loop takes what comes, another draws what is known, so that neither waits for the other.</summary>
internal sealed class LiveWatch(HubCall call, string[] patterns, Position? since, TimeProvider time)
{
    private const int MostSeeded = 100;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    private readonly WatchBoard _board = new(new Rates(RateWindow, time)) { FollowsAgents = Wanted(patterns, "agent.any.status"), FollowsTasks = Wanted(patterns, "task.any.assigned") };

    /// <returns>The last position.</returns>
    public async Task<Position> RunAsync()
    {
        call.OnLink = away => _board.Away = away;
        var client = await call.ConnectAsync(patient: true);
        var start = client.Welcome.Position;
        _board.Position = since ?? start;

        // What is not watched cannot be counted.
        if (!Rates.Patterns.All(p => Wanted(patterns, p.Replace("*", "any", StringComparison.Ordinal)))) _board.Rates.Stop();
        await using var observer = client.ObserveAsync(patterns, since, call.Cancel);
        await observer.Ready.WaitAsync(call.Cancel);
        await SeedAsync(client);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel);
        var following = FollowAsync(observer, start, over);
        await AnsiConsole.Console.Live(Text.Empty).AutoClear(false).StartAsync(live => Ticks.EachAsync(Period, time, () => Draw(live), over.Token));
        try
        {
            await following;
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            // That is how one stops to watch.
        }

        return _board.Position;
    }

    // How things stand. The observer was there before: whatever changes while this is read comes after it.
    private async Task SeedAsync(WaggleClient client)
    {
        if (_board.FollowsAgents)
        {
            foreach (var agent in await client.ListAgentsAsync(null, call.Cancel)) _board.Know(agent);
        }

        if (!_board.FollowsTasks) return;
        var held = new TaskFilter { States = [TaskState.Assigned, TaskState.Running, TaskState.Cancelling], PageSize = MostSeeded };
        var count = 0;
        await foreach (var task in client.ListTasksAsync(held, call.Cancel))
        {
            _board.Know(task);
            if (++count == MostSeeded) break;
        }
    }

    private static bool Wanted(string[] patterns, string topic) => patterns.Any(p => TopicPattern.TryParse(p, out var pattern) && pattern.Matches(topic));

    private async Task FollowAsync(Observer observer, Position start, CancellationTokenSource over)
    {
        try
        {
            await foreach (var observation in observer)
            {
                // What a --since brings again was not now: it says nothing of the rate.
                var fresh = (observation.Position.Epoch, observation.Position.Offset).CompareTo((start.Epoch, start.Offset)) > 0;
                lock (_board.Gate) _board.See(observation, fresh);
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    private void Draw(LiveDisplayContext live)
    {
        lock (_board.Gate) live.UpdateTarget(WatchView.Draw(_board, Failures.Authority(call.Url), AnsiConsole.Profile.Width, AnsiConsole.Profile.Height));
    }
}
