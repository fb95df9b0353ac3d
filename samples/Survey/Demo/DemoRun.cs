using System.ComponentModel;
using Waggle.Client;
using Waggle.Survey.Processes;
using Waggle.Survey.State;
using Waggle.Survey.Views;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Demo;

/// <summary>Runs the demo from the start of its hub to its end.</summary>
internal sealed class DemoRun(DemoOptions options, DemoHost host, IDemoView view, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var startedAt = time.GetUtcNow();
        using var data = new DataFolder(options.Data);
        await using var hub = await host.StartHub(options.Port, data.Path, cancel);
        var scene = new DemoScene(options, hub.Url, data.Path, data.IsTemporary, startedAt);
        view.Begin(scene);
        await using var client = await WaggleClient.ConnectAsync(
            new() { Url = hub.Url, ClientName = "waggle-demo", ObserverBuffer = 20_000 }, cancel);
        var since = $"{client.Welcome.Position}";
        var swarm = await client.CreateSwarmAsync($"Survey of {Path.GetFileName(options.Directory)}", cancel: cancel);
        var state = new DemoState(swarm.Id);
        await using var team = new WorkerTeam(state, host.Worker, time);
        var (scoutTask, vote) = await SurveyAsync(hub, client, state, team, scene, cancel);

        var elapsed = time.GetElapsedTime(started);
        using var http = new HttpClient { BaseAddress = hub.Url };
        var audit = await Audit.CountAsync(new HubLog(http), since, client, scoutTask, cancel);
        view.Summarize(scene, Summaries.Of(scene, state, audit, vote, swarm.Id, elapsed));
        await team.StopAsync();
        if (!audit.IsWhole) throw new SurveyException($"the survey is not whole: {audit}");
        if (options.Exit) return;
        view.Hold(scene, swarm.Id);
        await HoldAsync(hub, cancel);
    }

    /// <summary>Starts the workers and follows them to the report and the vote. Returns the scout's task, the parent of all others, and the vote.</summary>
    private async Task<(string ScoutTask, VoteSummary? Vote)> SurveyAsync(
        IDemoHub hub, WaggleClient client, DemoState state, WorkerTeam team, DemoScene scene, CancellationToken cancel)
    {
        await using var observer = client.ObserveAsync(["task.#", "agent.#"], cancel: cancel);
        await observer.Ready;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var show = view.ShowAsync(state, scene, over.Token);
        try
        {
            StartWorkers(team, hub, state.Swarm);
            var follow = new Following(state, client, new PlannedKill(state, team, client, time)).RunAsync(observer, cancel);
            var scout = await client.CreateTaskAsync(SurveyTasks.List(state.Swarm, options.Directory), cancel);
            await await Task.WhenAny(follow, team.Failed, hub.Completion);
            var end = state.End ?? throw new SurveyException("the hub ended before the survey");
            if (!end.Succeeded) throw new SurveyException(end.Reason!);
            var vote = new HotSpotVote(client, state, time).RunAsync(cancel);
            await await Task.WhenAny(vote, team.Failed, hub.Completion);
            if (!vote.IsCompleted) throw new SurveyException("the hub ended before the vote");
            return (scout.Id, await vote);
        }
        finally
        {
            await over.CancelAsync();
            await show;
        }
    }

    private void StartWorkers(WorkerTeam team, IDemoHub hub, string swarm)
    {
        try
        {
            Start("scout-1", DemoWorker.ScoutRole, 1);
            for (var i = 1; i <= options.Analysts; i++) Start($"analyst-{i}", DemoWorker.AnalystRole, DemoOptions.AnalystSlots);
            Start("reporter-1", DemoWorker.ReporterRole, 1);
        }
        catch (Win32Exception e)
        {
            throw new SurveyException($"a worker cannot be started: {e.Message}");
        }

        void Start(string name, string role, int slots) =>
            team.Start(new DemoWorkerOptions(role, name, hub.Url, swarm, options.Directory, options.Out, slots));
    }

    private static async Task HoldAsync(IDemoHub hub, CancellationToken cancel)
    {
        try
        {
            await hub.Completion.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // Cancellation is the usual end.
        }
    }
}
