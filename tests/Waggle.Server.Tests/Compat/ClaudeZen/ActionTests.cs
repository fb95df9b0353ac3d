using Waggle.Client;
using Waggle.Protocol.Messages;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Compat.ClaudeZen;

/// <summary>Requests that change something, and what the hub says where they cannot.</summary>
public sealed class ActionTests
{
    [Fact]
    public async Task A_waiting_task_is_assigned_to_the_agent_that_the_request_names()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.Server.ZenAsync();
        await client.SendAsync("""{"id":"s","type":"subscribe","data":{"channels":["task-coordination"],"filters":{"agentType":"coder","priority":["high","critical"]}}}""");
        await client.NextAsync("response");
        var native = await hub.ClientAsync();
        var task = (await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"Optimize\",\"assign_to\":\"nobody\"}]")).GetProperty("tasks")[0].Text("id")!;
        await hub.WorkerAsync("ann", more: ",\"type\":\"coder\"");
        await hub.WorkerAsync("bob", more: ",\"type\":\"tester\"");
        var answer = await client.ZenAskAsync($$"""{"action":"assign_task","taskId":"{{task}}","agentId":"ann","priority":"high"}""");
        Assert.True(answer.GetProperty("success").GetBoolean(), answer.ToString());
        var assigned = await client.ZenHearAsync("task_assigned", "task-coordination");
        Assert.Equal((task, "ann", "high"), (assigned.Text("taskId"), assigned.Text("assignedTo"), assigned.Text("priority")));

        // The filter keeps away what another type of agent gets, and what is less urgent.
        await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"Test\",\"assign_to\":\"bob\",\"priority\":1}]");
        await client.SendAsync("""{"type":"ping"}""");
        Assert.True((await client.NextAsync()).Is("pong"));
        Assert.Equal("NOT_FOUND", (await client.ZenAskAsync("""{"action":"assign_task","taskId":"t999","agentId":"ann"}""")).GetProperty("error").Text("code"));
        Assert.Equal("INVALID_REQUEST", (await client.ZenAskAsync($$"""{"action":"assign_task","taskId":"{{task}}","agentId":"ann","priority":"soon"}""")).GetProperty("error").Text("code"));
    }

    [Fact]
    public async Task An_agent_is_started_by_a_runner_and_never_without_one()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Hive = o.Hive with { SpawnsPerMinute = 3 } });
        using var client = await hub.Server.ZenAsync();
        const string Spawn = """{"action":"spawn_agent","swarmId":"default","agentType":"coder","capabilities":["rust"]}""";
        Assert.Equal("NOT_AVAILABLE", (await client.ZenAskAsync(Spawn)).GetProperty("error").Text("code"));
        var asked = new TaskCompletionSource<RunnerStart>();
        await using var runner = await RunnerAsync(hub, asked);
        var spawned = await client.ZenAskAsync(Spawn);
        var start = await asked.Task.WaitAsync(Eventually.Patience);
        Assert.Equal((true, start.Agent), (spawned.GetProperty("success").GetBoolean(), spawned.Text("agentId")));
        Assert.Equal("NOT_AVAILABLE", (await client.ZenAskAsync("""{"action":"spawn_agent","agentType":"painter"}""")).GetProperty("error").Text("code"));
    }

    [Fact]
    public async Task A_storm_of_spawns_is_bounded_and_the_hub_says_by_what()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Hive = o.Hive with { SpawnsPerMinute = 3 } });
        using var client = await hub.Server.ZenAsync();
        await using var runner = await RunnerAsync(hub, new());
        Assert.Equal("INVALID_REQUEST", (await client.ZenAskAsync("""{"action":"spawn_agent","agentType":"coder","count":1000000}""")).GetProperty("error").Text("code"));
        var codes = new List<string?>();
        for (var i = 0; i < 10; i++)
        {
            var answer = await client.ZenAskAsync("""{"action":"spawn_agent","agentType":"coder"}""");
            codes.Add(answer.GetProperty("success").GetBoolean() ? "OK" : answer.GetProperty("error").Text("code"));
            if (i == 9) Assert.InRange(answer.GetProperty("error").Number("retryAfter"), 1, 60_000);
        }

        Assert.Equal([.. Enumerable.Repeat("OK", 3), .. Enumerable.Repeat("RATE_LIMITED", 7)], codes);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_a_failure_of_its_agent()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("swarm-events");
        var asked = new TaskCompletionSource<RunnerStart>();
        await using var runner = await RunnerAsync(hub, asked);
        await client.ZenAskAsync("""{"action":"spawn_agent","agentType":"coder"}""");
        var start = await asked.Task.WaitAsync(Eventually.Patience);
        await runner.RequestAsync(
            new RunnerReport { Spawn = start.Spawn, Attempt = start.Attempt, State = ProcessState.NotStarted, ProgramMissing = true, Message = "There is no program 'codex'." }, repeatable: false);
        var failure = await client.ZenHearAsync("agent_failure", "swarm-events");
        Assert.Equal((start.Agent, "program_missing", "none"), (failure.Text("agentId"), failure.Text("reason"), failure.Text("recoveryAction")));
        Assert.Contains("codex", failure.Text("message"), StringComparison.Ordinal);
    }

    private static async Task<WaggleConnection> RunnerAsync(TestHub hub, TaskCompletionSource<RunnerStart> asked)
    {
        var runner = await WaggleConnection.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url }, message =>
        {
            if (message is RunnerStart start) asked.TrySetResult(start);
        });
        await runner.RequestAsync(
            new RunnerAttach
            {
                Runner = "r1",
                Instance = "a random text of the process",
                MaxAgents = 50,
                Templates = [new() { Role = "coder", MaxCount = 50, Capabilities = new Dictionary<string, double> { ["rust"] = 0.8, ["css"] = 0.5 } }],
            },
            repeatable: false);
        return runner;
    }
}
