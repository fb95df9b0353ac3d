using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeFlow;

/// <summary>The swarm channel, agents that fail, and who may hear what.</summary>
public sealed class SwarmChannelTests
{
    [Fact]
    public async Task Members_come_and_go_and_their_work_is_coordinated()
    {
        await using var hub = await TestHub.StartAsync();
        var native = await hub.ClientAsync();
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        await watcher.SubscribeAsync("swarm.default.*", "swarm.agent-left");
        using var agent = await FlowClient.ConnectAsync(hub.Server);
        await agent.DoneAsync(FlowClient.Publish("swarm.default.agent-joined", """{"swarmId":"default","agentId":"a1","role":"coder","timestamp":1}"""));
        Assert.Equal("a1", (await watcher.EventAsync("swarm.default.agent-joined")).Text("agentId"));
        var task = (await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"Read\",\"priority\":3}]")).GetProperty("tasks")[0].Text("id")!;
        await native.ResultAsync($"\"type\":\"task.set_priority\",\"task\":\"{task}\",\"priority\":1");
        var changed = (await watcher.EventAsync("swarm.default.coordination", d => d.Text("type") == "priority-change")).GetProperty("data");
        Assert.Equal((task, 3, 1), (changed.Text("taskId"), changed.Number("oldPriority"), changed.Number("priority")));
        await agent.DoneAsync(FlowClient.Status("a1", "idle"));
        var assigned = (await watcher.EventAsync("swarm.default.coordination", d => d.Text("type") == "task-assignment")).GetProperty("data");
        Assert.Equal((task, "a1"), (assigned.Text("taskId"), assigned.Text("agentId")));

        await native.ResultAsync("\"type\":\"agent.remove\",\"agent\":\"a1\",\"reason\":\"maintenance\"");
        Assert.Equal(("a1", "maintenance"), await watcher.EventAsync("swarm.default.agent-left") is var left ? (left.Text("agentId"), left.Text("reason")) : default);
        await watcher.EventAsync("swarm.agent-left");
    }

    [Fact]
    public async Task A_worker_that_is_gone_has_the_status_error()
    {
        await using var hub = await TestHub.StartAsync(
            o => o with { Hive = o.Hive with { Lease = TimeSpan.FromMilliseconds(500), AgentOfflineAfter = TimeSpan.FromMilliseconds(500) } });
        var native = await hub.ClientAsync();
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        await watcher.SubscribeAsync("agent.a1.status");
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"Read\"}]");
        await agent.EventAsync("agent.a1.assignment");
        agent.Raw.Abort();
        var error = (await watcher.EventAsync("agent.a1.status", d => d.Text("status") == "error")).GetProperty("metadata");
        Assert.Equal("error", error.Text("event"));
        Assert.Contains(error.Text("reason"), new[] { "lease_lost", "heartbeat" });
    }

    [Fact]
    public async Task A_subscription_gives_what_the_token_permits_and_nothing_is_refused()
    {
        await using var hub = await AuthHub.StartAsync();
        using var client = await FlowClient.ConnectAsync(hub.Server, hub.Token("eve", permissions: ["read:tasks"]));
        await client.SubscribeAsync("task.*.created", "*.*.status");
        var (code, hubCode, _) = await client.ErrorAsync("\"type\":\"subscribe\",\"topics\":[\"task.created\",\"swarm.*.consensus\"]");
        Assert.Equal(("AUTHORIZATION_FAILED", "FORBIDDEN"), (code, hubCode));
        Assert.Equal("AUTHORIZATION_FAILED", (await client.ErrorAsync(FlowClient.Publish("swarm.default.topology", """{"newTopology":"ring"}"""))).Code);
        using var root = await hub.ClientAsync(hub.Admin);
        await root.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"Read\"}]");
        Assert.StartsWith("task.t", (await client.Raw.NextAsync("event")).Text("topic"), StringComparison.Ordinal);

        // Nothing of the refused message is subscribed to.
        Assert.DoesNotContain("task.created", await client.TopicsAsync());
    }
}
