using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeFlow;

/// <summary>An agent that reports by this dialect is a worker of the hub.</summary>
public sealed class WorkerTests
{
    [Fact]
    public async Task The_first_idle_grants_one_slot_and_the_reports_act_on_the_lease()
    {
        await using var hub = await TestHub.StartAsync();
        var native = await hub.ClientAsync();
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        await watcher.SubscribeAsync("agent.*.status", "task.#", "swarm.default.agent-joined");
        using var agent = await FlowClient.WorkerAsync(hub.Server, "agent-1");
        Assert.Equal("agent-1", (await watcher.EventAsync("swarm.default.agent-joined")).Text("agentId"));
        var started = await watcher.EventAsync("agent.agent-1.status", d => d.Text("status") == "idle");
        Assert.Equal("agent-1", started.Text("agentId"));

        var one = await CreateAsync(native, ",\"input\":{\"page\":7}");
        var two = await CreateAsync(native);
        var assignment = await agent.EventAsync("agent.agent-1.assignment");
        Assert.Equal((one, "Read", 7, 30_000), (assignment.Text("taskId"), assignment.Text("title"), assignment.GetProperty("input").GetProperty("page").GetInt32(), assignment.Number("leaseMs")));
        await agent.DoneAsync(Progress(one, 50));
        var progress = await watcher.EventAsync($"task.{one}.progress", d => d.GetProperty("progress").GetInt32() == 50);
        Assert.Equal(("in-progress", "half way"), (progress.Text("status"), progress.Text("message")));
        await agent.DoneAsync(FlowClient.Publish($"task.{one}.completed", $$"""{"taskId":"{{one}}","status":"completed","result":{"words":312},"timestamp":1}"""));
        Assert.Equal(312, (await watcher.EventAsync($"task.{one}.completed")).GetProperty("result").Number("words"));

        // The slot is free again.
        Assert.Equal(two, (await agent.EventAsync("agent.agent-1.assignment")).Text("taskId"));
        await agent.DoneAsync(FlowClient.Publish($"task.{two}.error", """{"error":{"message":"It broke.","code":"BROKEN","recoverable":false}}"""));
        var failed = await watcher.EventAsync($"task.{two}.completed");
        Assert.Equal(("failed", "BROKEN"), (failed.Text("status"), failed.GetProperty("error").Text("code")));

        // The same end again gets the same answer, and another end none.
        await agent.DoneAsync(FlowClient.Publish($"task.{one}.completed", """{"status":"completed","result":{"words":312}}"""));
        Assert.Equal("STALE_LEASE", (await agent.ErrorAsync(FlowClient.Publish($"task.{two}.completed", """{"status":"completed"}"""))).HubCode);
    }

    [Fact]
    public async Task An_agent_that_is_busy_or_offline_gets_no_work_until_it_is_idle()
    {
        await using var hub = await TestHub.StartAsync();
        var native = await hub.ClientAsync();
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        await watcher.SubscribeAsync("agent.status");
        using var agent = await FlowClient.ConnectAsync(hub.Server);
        await agent.DoneAsync(FlowClient.Status("a1", "busy"));
        await watcher.EventAsync("agent.status", d => d.Text("status") == "busy");
        var task = await CreateAsync(native);
        await agent.DoneAsync(FlowClient.Status("a1", "offline"));
        var stopped = await watcher.EventAsync("agent.status", d => d.Text("status") == "offline");
        Assert.Equal("stopped", stopped.GetProperty("metadata").Text("event"));
        Assert.Empty(await agent.TopicsAsync());
        await agent.DoneAsync(FlowClient.Status("a1", "idle"));
        Assert.Equal(task, (await agent.EventAsync("agent.a1.assignment")).Text("taskId"));
    }

    [Fact]
    public async Task A_cancelled_task_is_told_to_the_worker_which_confirms_it()
    {
        await using var hub = await TestHub.StartAsync();
        var native = await hub.ClientAsync();
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        var task = await CreateAsync(native);
        await agent.EventAsync("agent.a1.assignment");
        await agent.DoneAsync(Progress(task, 10));
        await native.ResultAsync($"\"type\":\"task.cancel\",\"task\":\"{task}\",\"reason\":\"enough\"");
        Assert.Equal((task, "enough"), (await agent.EventAsync("agent.a1.cancel") is var cancel ? (cancel.Text("taskId"), cancel.Text("reason")) : default));
        await agent.DoneAsync(FlowClient.Publish($"task.{task}.completed", """{"status":"cancelled"}"""));
        Assert.Equal("cancelled", (await native.ResultAsync($"\"type\":\"task.show\",\"task\":\"{task}\"")).Text("state"));
    }

    [Fact]
    public async Task A_worker_that_connects_again_still_has_its_task()
    {
        await using var hub = await TestHub.StartAsync();
        var native = await hub.ClientAsync();
        var task = await CreateAsync(native);
        using (var first = await FlowClient.WorkerAsync(hub.Server, "a1"))
        {
            await first.EventAsync("agent.a1.assignment");
            await first.DoneAsync(Progress(task, 10));
        }

        using var agent = await FlowClient.ConnectAsync(hub.Server);
        await agent.DoneAsync(FlowClient.Status("a1", "busy"));
        await agent.DoneAsync(Progress(task, 60));
        await agent.DoneAsync(FlowClient.Publish($"task.{task}.completed", """{"status":"completed"}"""));
        Assert.Equal("completed", (await native.ResultAsync($"\"type\":\"task.show\",\"task\":\"{task}\"")).Text("state"));
    }

    [Fact]
    public async Task The_answers_to_pings_renew_the_leases_of_a_silent_worker()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Hive = o.Hive with { Lease = TimeSpan.FromSeconds(2) } });
        var native = await hub.ClientAsync();
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        var task = await CreateAsync(native, ",\"assign_to\":\"a1\"");
        await agent.EventAsync("agent.a1.assignment");
        await agent.DoneAsync(Progress(task, 10));

        // Another worker gets its task later, renews nothing, and loses it; the first would have lost its own before.
        var silent = await hub.WorkerAsync("a2");
        await native.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"task.*.requeued\"]");
        var other = await CreateAsync(native, ",\"assign_to\":\"a2\"");
        await silent.NextAsync("assign");
        Assert.Equal(other, (await native.NextAsync("record")).GetProperty("data").Text("task"));
        await agent.DoneAsync(FlowClient.Publish($"task.{task}.completed", """{"status":"completed"}"""));
        Assert.Equal(1, (await native.ResultAsync($"\"type\":\"task.show\",\"task\":\"{task}\"")).Number("attempt"));
    }

    [Fact]
    public async Task A_connection_speaks_for_the_first_agent_that_it_reports_as_and_for_no_other()
    {
        await using var hub = await TestHub.StartAsync();
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        foreach (var body in new[]
        {
            FlowClient.Status("a2", "idle"), FlowClient.Publish("agent.a2.health", """{"healthy":true}"""),
            FlowClient.Publish("swarm.default.consensus", """{"proposalId":"p","type":"voting","votes":[{"agentId":"a2","vote":"yes"}]}"""),
            FlowClient.Publish("swarm.default.agent-left", """{"agentId":"a2"}"""),
        })
        {
            var (code, hubs, message) = await agent.ErrorAsync(body);
            Assert.Equal(("AUTHORIZATION_FAILED", "FORBIDDEN"), (code, hubs));
            Assert.Contains("a1", message, StringComparison.Ordinal);
        }

        Assert.Equal("INVALID_REQUEST", (await agent.ErrorAsync(FlowClient.Publish("agent.a1.status", """{"agentId":"a2","status":"idle"}"""))).HubCode);
        await agent.DoneAsync(FlowClient.Status("a1", "idle"));
    }

    [Fact]
    public async Task With_tokens_the_agent_is_that_of_the_token_and_an_agent_belongs_to_its_user()
    {
        await using var hub = await AuthHub.StartAsync();
        using var bound = await FlowClient.ConnectAsync(hub.Server, hub.Token("ann", ["worker"], agent: "a1"));
        Assert.Equal(("AUTHORIZATION_FAILED", "FORBIDDEN"), await CodesAsync(bound, FlowClient.Status("a2", "idle")));
        await bound.DoneAsync(FlowClient.Status("a1", "idle"));
        using var other = await FlowClient.ConnectAsync(hub.Server, hub.Token("bob", ["worker"]));
        Assert.Equal(("AUTHORIZATION_FAILED", "AGENT_IN_USE"), await CodesAsync(other, FlowClient.Status("a1", "idle")));
        await other.DoneAsync(FlowClient.Status("b1", "idle"));
    }

    [Fact]
    public async Task What_has_no_engine_is_said_to_have_none()
    {
        await using var hub = await TestHub.StartAsync();
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        foreach (var topic in new[] { "task.t1.created", "swarm.default.state", "swarm.default.coordination" })
            Assert.Equal(("PUBLISH_FAILED", "NOT_AVAILABLE"), await CodesAsync(agent, FlowClient.Publish(topic, "{}")));
    }

    [Fact]
    public async Task A_client_sets_the_topology_of_a_swarm_and_assigns_a_waiting_task()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await FlowClient.ConnectAsync(hub.Server);
        await client.SubscribeAsync("swarm.*.topology", "swarm.topology", "task.assigned");
        await client.DoneAsync(FlowClient.Publish("swarm.default.topology", """{"swarmId":"default","oldTopology":"mesh","newTopology":"hierarchical-mesh","reason":"load","timestamp":1}"""));
        var changed = await client.EventAsync("swarm.default.topology");
        Assert.Equal(("mesh", "hierarchical-mesh", "load"), (changed.Text("oldTopology"), changed.Text("newTopology"), changed.Text("reason")));
        await client.EventAsync("swarm.topology");
        Assert.Equal(("PUBLISH_FAILED", "INVALID_REQUEST"), await CodesAsync(client, FlowClient.Publish("swarm.default.topology", """{"newTopology":"cube"}""")));

        var task = (await client.DoneAsync(FlowClient.Publish("task.created", """{"title":"Read","agentId":"nobody"}"""))).Text("taskId")!;
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        await client.DoneAsync(FlowClient.Publish($"task.{task}.assigned", $$"""{"taskId":"{{task}}","agentId":"a1","timestamp":1}"""));
        Assert.Equal("a1", (await client.EventAsync("task.assigned", d => d.Text("taskId") == task)).Text("agentId"));
    }

    [Fact]
    public async Task Health_metrics_and_logs_are_those_that_the_agent_reported()
    {
        await using var hub = await TestHub.StartAsync();
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        await watcher.SubscribeAsync("agent.*.health", "agent.metrics", "agent.a1.logs", "agent.a1.status");
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        await agent.DoneAsync(FlowClient.Publish("agent.a1.health", """{"agentId":"a1","healthy":true,"metrics":{"cpu":50,"memory":60},"timestamp":1}"""));
        Assert.True((await watcher.EventAsync("agent.a1.health")).GetProperty("healthy").GetBoolean());
        Assert.Equal("""{"cpu":50,"memory":60}""", (await watcher.EventAsync("agent.metrics")).GetProperty("metrics").GetRawText());
        await agent.DoneAsync(FlowClient.Publish("agent.a1.metrics", """{"agentId":"a1","metrics":{"responseTime":12.5},"timestamp":1}"""));
        Assert.Equal(12.5, (await watcher.EventAsync("agent.metrics")).GetProperty("metrics").GetProperty("responseTime").GetDouble());
        await agent.DoneAsync(FlowClient.Publish("agent.a1.logs", """{"agentId":"a1","level":"warn","message":"slow","context":{"ms":900},"timestamp":1}"""));
        var log = await watcher.EventAsync("agent.a1.logs");
        Assert.Equal(("warn", "slow", 900), (log.Text("level"), log.Text("message"), log.GetProperty("context").Number("ms")));

        await agent.DoneAsync(FlowClient.Publish("agent.a1.status", """{"agentId":"a1","status":"error","metadata":{"error":"out of memory"}}"""));
        Assert.Equal("out of memory", (await watcher.EventAsync("agent.a1.health", d => !d.GetProperty("healthy").GetBoolean())).Text("message"));
        await watcher.EventAsync("agent.a1.status", d => d.Text("status") == "busy");
        foreach (var (topic, data) in new[]
        {
            ("agent.a1.health", "{}"), ("agent.a1.metrics", "{}"), ("agent.a1.metrics", """{"metrics":{"cpu":"high"}}"""), ("agent.a1.metrics", """{"metrics":{}}"""),
            ("agent.a1.logs", """{"level":"loud","message":"x"}"""), ("agent.a1.logs", """{"level":"info"}"""), ("agent.a1.logs", """{"level":"info","message":"x","context":7}"""),
        })
        {
            Assert.Equal(("PUBLISH_FAILED", "INVALID_REQUEST"), await CodesAsync(agent, FlowClient.Publish(topic, data)));
        }
    }

    [Fact]
    public async Task The_stack_of_an_error_is_in_the_log_of_its_agent_and_not_in_the_error()
    {
        await using var hub = await TestHub.StartAsync();
        var native = await hub.ClientAsync();
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        await watcher.SubscribeAsync("agent.a1.logs", "task.error");
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        foreach (var stack in new[] { "Error: It broke.\\n    at parse (/src/parser.ts:12)", string.Concat(Enumerable.Repeat("\\u0001", 20_000)) })
        {
            var task = await CreateAsync(native);
            await agent.EventAsync("agent.a1.assignment", d => d.Text("taskId") == task);
            await agent.DoneAsync(FlowClient.Publish($"task.{task}.error", $$$"""{"error":{"message":"It broke.","code":"BROKEN","stack":"{{{stack}}}"}}"""));
            var error = (await watcher.EventAsync("task.error")).GetProperty("error");
            Assert.Equal(("It broke.", false), (error.Text("message"), error.TryGetProperty("stack", out _)));
            var log = await watcher.EventAsync("agent.a1.logs");
            Assert.Equal(("error", "It broke.", task), (log.Text("level"), log.Text("message"), log.GetProperty("context").Text("taskId")));
            var kept = log.GetProperty("context").Text("stack")!;
            if (stack.Length < 100) Assert.Equal("Error: It broke.\n    at parse (/src/parser.ts:12)", kept);
            else Assert.InRange(kept.Length, 1_000, 8_192);
        }
    }

    [Fact]
    public async Task The_state_of_a_swarm_has_what_was_counted()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Insight = new() { Interval = TimeSpan.FromMilliseconds(50), Rules = [] } });
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        await watcher.SubscribeAsync("swarm.default.state", "swarm.state");
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        var native = await hub.ClientAsync();
        await CreateAsync(native);
        await CreateAsync(native);
        var state = (await watcher.EventAsync("swarm.default.state", d => d.GetProperty("state").Number("activeAgents") == 1 && d.GetProperty("state").Number("queueSize") == 1)).GetProperty("state");
        Assert.Equal(("mesh", 1, 100), (state.Text("topology"), state.Number("agentCount"), state.Number("healthScore")));
        await watcher.EventAsync("swarm.state", d => d.Text("swarmId") == "default");
    }

    [Fact]
    public async Task A_client_creates_a_task_and_learns_its_id()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await FlowClient.ConnectAsync(hub.Server);
        var answer = await client.DoneAsync(FlowClient.Publish("task.created", """{"type":"review","priority":1,"metadata":{"description":"Look at it","lines":40}}"""));
        var task = await (await hub.ClientAsync()).ResultAsync($"\"type\":\"task.show\",\"task\":\"{answer.Text("taskId")}\"");
        Assert.Equal(("Look at it", "review", "40"), (task.GetProperty("spec").Text("title"), task.GetProperty("spec").Text("type"), task.GetProperty("spec").GetProperty("metadata").Text("lines")));
    }

    private static async Task<(string, string)> CodesAsync(FlowClient client, string body) => await client.ErrorAsync(body) is var (code, hub, _) ? (code, hub) : default;

    private static string Progress(string task, int percent) =>
        FlowClient.Publish($"task.{task}.progress", $$"""{"taskId":"{{task}}","progress":{{percent}},"status":"in-progress","message":"half way","timestamp":1}""");

    private static async Task<string> CreateAsync(RawClient client, string more = "") =>
        (await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{{\"title\":\"Read\"{more}}}]")).GetProperty("tasks")[0].Text("id")!;
}
