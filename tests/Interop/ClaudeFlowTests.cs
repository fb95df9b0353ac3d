using System.Text.Json;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Interop.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Interop.Tests;

/// <summary>The snippets that seed 003 prints, with the real hub: each does what it says.</summary>
public sealed class ClaudeFlowTests : IAsyncLifetime
{
    private InteropHub _hub = null!;

    private Uri Url => new(_hub.WebSocketOf(ClaudeFlowDialect.Entry).ToString().TrimEnd('/'));

    public async ValueTask InitializeAsync() => _hub = await InteropHub.StartAsync(ClaudeFlowDialect.Entry);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_basic_client_and_the_agents_client_hear_a_real_worker(bool inChromium)
    {
        await using var client = inChromium ? await InChromiumAsync() : await StartAsync();
        await client.SayAsync("subscribe agent.*.status");
        await client.SayAsync("agent_events");
        await RanAsync(client, "agent_events");
        await using var worker = await _hub.WorkerAsync("agent-1", (_, _) => new(default(RawJson)));
        Assert.Equal("idle", (await client.HandledAsync("agent.agent-1.status")).GetProperty("status").GetString());

        // 'agent.*' is agent.status, the roll-up topic, from which this client takes its status changes.
        Assert.Equal("agent-1", (await client.HandledAsync("agent.status")).GetProperty("agentId").GetString());
        await client.HandledAsync("log", d => d[0].ValueKind == JsonValueKind.String && (d[0].GetString(), d[1].GetString()) == ("Agent status:", "idle"));
        await client.SayAsync("ping");
        Assert.True((await client.HandledAsync("pong")).GetProperty("latency").GetInt64() >= 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_tracker_of_a_task_waits_for_its_real_end(bool inChromium)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = inChromium ? await InChromiumAsync() : await StartAsync();
        var task = (await _hub.Client.CreateTaskAsync(new TaskSpec { Title = "Count the words" })).Id;
        await client.SayAsync($"task_tracking task-123={task}");
        await client.SayAsync($"subscribe task.{task}.progress");
        await RanAsync(client, "subscribe");
        await using var worker = await _hub.WorkerAsync("a1", async (work, _) =>
        {
            await work.ReportProgressAsync(0.5, "half way");
            await go.Task;
            return RawJson.Parse("""{"words":312}""");
        });
        await client.HandledAsync($"task.{task}.progress", d => (d.GetProperty("progress").GetDouble(), d.GetProperty("message").GetString()) == (50, "half way"));
        go.SetResult();
        var printed = await client.HandledAsync("log", d => d[0].ValueKind == JsonValueKind.String && d[0].GetString() == "Task result:");
        Assert.Equal(("completed", 312), (printed[1].GetProperty("status").GetString(), printed[1].GetProperty("result").GetProperty("words").GetInt32()));
    }

    [Fact]
    public async Task An_agent_that_reports_by_the_snippets_works_on_a_real_task()
    {
        await using var agent = await StartAsync("agent-7");
        await agent.SayAsync("report_status");
        await RanAsync(agent, "report_status");
        await agent.SayAsync("""publish agent.agent-7.status {"agentId":"agent-7","status":"idle"}""");
        var task = (await _hub.Client.CreateTaskAsync(new TaskSpec { Title = "Count the words" })).Id;
        await agent.HandledAsync("agent.agent-7.assignment", d => d.GetProperty("taskId").GetString() == task);
        await agent.SayAsync($"report_progress task={task}");
        await RanAsync(agent, "report_progress");
        await Eventually.Async(async () => (await _hub.Client.ShowTaskAsync(task)).Progress == 0.5, "the hub has the progress");
        await agent.SayAsync($$$"""publish task.{{{task}}}.completed {"status":"completed","result":{"words":312}}""");
        await Eventually.Async(async () => (await _hub.Client.ShowTaskAsync(task)).State == TaskState.Completed, "the hub has the result");
    }

    [Fact]
    public async Task Five_workers_vote_by_the_snippet_and_one_of_them_is_killed_in_mid_vote()
    {
        await _hub.Client.CreateSwarmAsync("One", "swarm-1");
        var voters = new List<ForeignClient>();
        for (var i = 1; i <= 5; i++)
        {
            voters.Add(await StartAsync($"agent-{i}"));
            await voters[^1].SayAsync($$"""publish swarm.swarm-1.agent-joined {"agentId":"agent-{{i}}"}""");
            await voters[^1].HandledAsync("ack");
        }

        await using var opener = await StartAsync();
        await opener.SayAsync("subscribe swarm.swarm-1.consensus");
        await opener.SayAsync("""publish swarm.swarm-1.consensus {"swarmId":"swarm-1","proposalId":"proposal-1","type":"proposed","proposal":{"action":"scale-up"}}""");
        foreach (var (i, voter) in voters.Index()) await voter.HandledAsync($"agent.agent-{i + 1}.vote-requested");
        await voters[0].SayAsync("consensus_voting");
        await opener.HandledAsync("swarm.swarm-1.consensus", d => d.GetProperty("type").GetString() == "voting");
        voters[4].Kill();
        foreach (var (i, voter) in voters.Take(4).Skip(1).Index()) await voter.SayAsync($"consensus_voting agent-1=agent-{i + 2}");

        // Three of five are enough: what the fourth and the killed one say changes nothing.
        var end = await opener.HandledAsync("swarm.swarm-1.consensus", d => d.GetProperty("type").GetString() == "accepted");
        Assert.InRange(end.GetProperty("result").GetProperty("votesFor").GetInt32(), 3, 4);
        await voters[0].HandledAsync("log", d => d[0].ValueKind == JsonValueKind.String && d[0].GetString() == "Consensus:" && d[1].GetBoolean());
        foreach (var voter in voters) await voter.DisposeAsync();
    }

    private async Task<ForeignClient> StartAsync(string agent = "none")
    {
        var client = ForeignClient.Node("003", Url, agent);
        await client.ReadyAsync();
        return client;
    }

    private async Task<ForeignClient> InChromiumAsync()
    {
        var client = ForeignClient.Chromium("003", Url);
        await client.ReadyAsync();
        return client;
    }

    private static Task RanAsync(ForeignClient client, string snippet) => client.HandledAsync("ran", d => d.GetProperty("name").GetString() == snippet);
}
