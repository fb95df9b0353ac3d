using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeFlow;

/// <summary>Messages to agents, by <c>agent.send</c> and by this dialect.</summary>
public sealed class MessageTests
{
    [Fact]
    public async Task A_message_to_an_agent_reaches_its_worker_and_nobody_else_until_it_is_confirmed()
    {
        await using var hub = await TestHub.StartAsync();
        var native = await hub.ClientAsync();
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        await watcher.SubscribeAsync("agent.#", "agent.a1.message", "#");
        string id;
        using (var first = await FlowClient.WorkerAsync(hub.Server, "a1"))
        {
            id = (await native.ResultAsync("\"type\":\"agent.send\",\"agent\":\"a1\",\"content\":{\"text\":\"hello\"}")).GetProperty("messages")[0].Text("message")!;
            var message = await first.EventAsync("agent.a1.message");
            Assert.Equal((id, "a1", "default", "hello"), (message.Text("messageId"), message.Text("agentId"), message.Text("swarmId"), message.GetProperty("content").Text("text")));
            Assert.Equal(3_600_000, message.Number("expiresAt") - message.Number("sentAt"));
        }

        // It was not confirmed, so it comes again.
        using (var second = await FlowClient.WorkerAsync(hub.Server, "a1"))
        {
            Assert.Equal(id, (await second.EventAsync("agent.a1.message")).Text("messageId"));
            await second.DoneAsync(Confirm("a1", id));
            await second.DoneAsync(Confirm("a1", id));
        }

        using var third = await FlowClient.WorkerAsync(hub.Server, "a1");
        await third.DoneAsync(FlowClient.Status("a1", "busy"));
        Assert.Empty(await third.TopicsAsync());
        Assert.DoesNotContain("agent.a1.message", await watcher.TopicsAsync());
    }

    [Fact]
    public async Task Agents_send_to_each_other_where_the_topology_links_them()
    {
        await using var hub = await TestHub.StartAsync();
        using var lead = await FlowClient.WorkerAsync(hub.Server, "lead");
        using var one = await FlowClient.WorkerAsync(hub.Server, "one");
        using var two = await FlowClient.WorkerAsync(hub.Server, "two");
        await one.DoneAsync(FlowClient.Publish("agent.two.message", """{"content":"ready","ttlMs":5000}"""));
        var message = await two.EventAsync("agent.two.message");
        Assert.Equal(("one", "ready", 5_000), (message.Text("fromAgentId"), message.Text("content"), message.Number("expiresAt") - message.Number("sentAt")));

        await (await hub.ClientAsync()).ResultAsync("\"type\":\"swarm.set_topology\",\"swarm\":\"default\",\"topology\":{\"kind\":\"star\",\"leads\":[\"lead\"]}");
        var refused = await one.ErrorAsync(FlowClient.Publish("agent.two.message", """{"content":"again"}"""));
        Assert.Equal(("PUBLISH_FAILED", "NOT_LINKED"), (refused.Code, refused.HubCode));
        await one.DoneAsync(FlowClient.Publish("agent.lead.message", """{"content":"again"}"""));
        Assert.Equal("again", (await lead.EventAsync("agent.lead.message")).Text("content"));
    }

    [Fact]
    public async Task What_an_agent_tells_its_swarm_is_heard_by_those_that_the_topology_lets_hear_it()
    {
        await using var hub = await TestHub.StartAsync();
        using var lead = await FlowClient.WorkerAsync(hub.Server, "lead");
        using var one = await FlowClient.WorkerAsync(hub.Server, "one");
        using var two = await FlowClient.WorkerAsync(hub.Server, "two");
        await (await hub.ClientAsync()).ResultAsync("\"type\":\"swarm.set_topology\",\"swarm\":\"default\",\"topology\":{\"kind\":\"star\",\"leads\":[\"lead\"]}");

        await one.DoneAsync(FlowClient.Publish("swarm.default.message", """{"content":"stuck"}"""));
        Assert.Equal("one", (await lead.EventAsync("agent.lead.message")).Text("fromAgentId"));
        await lead.DoneAsync(FlowClient.Publish("swarm.default.message", """{"content":"go","to":"children","ttlMs":5000}"""));
        Assert.Equal("go", (await one.EventAsync("agent.one.message")).Text("content"));
        Assert.Equal("go", (await two.EventAsync("agent.two.message")).Text("content"));
        var elsewhere = await one.ErrorAsync(FlowClient.Publish("swarm.none.message", """{"content":1}"""));
        Assert.Equal("NOT_LINKED", elsewhere.HubCode);
    }

    [Theory]
    [InlineData("swarm.default.message", "{}", "INVALID_REQUEST")]
    [InlineData("swarm.default.message", """{"content":1,"to":"everybody"}""", "INVALID_REQUEST")]
    [InlineData("swarm.default.message", """{"content":1,"to":"next"}""", "INVALID_STATE")]
    [InlineData("agent.a1.message", "{}", "INVALID_REQUEST")]
    [InlineData("agent.a1.message", """{"content":null}""", "INVALID_REQUEST")]
    [InlineData("agent.a1.message", """{"content":1,"ttlMs":5}""", "INVALID_REQUEST")]
    [InlineData("agent.nobody.message", """{"content":1}""", "NOT_FOUND")]
    [InlineData("agent.a1.message", """{"acknowledged":"am1"}""", "INVALID_REQUEST")]
    [InlineData("agent.a1.message", """{"acknowledged":[]}""", "INVALID_REQUEST")]
    [InlineData("agent.a1.message", """{"acknowledged":["am99"]}""", "NOT_FOUND")]
    [InlineData("agent.a2.message", """{"acknowledged":["am1"]}""", "FORBIDDEN")]
    public async Task A_message_that_is_wrong(string topic, string data, string code)
    {
        await using var hub = await TestHub.StartAsync();
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        Assert.Equal(code, (await agent.ErrorAsync(FlowClient.Publish(topic, data))).HubCode);
    }

    private static string Confirm(string agent, string id) => FlowClient.Publish($"agent.{agent}.message", $$"""{"agentId":"{{agent}}","acknowledged":["{{id}}"]}""");
}
