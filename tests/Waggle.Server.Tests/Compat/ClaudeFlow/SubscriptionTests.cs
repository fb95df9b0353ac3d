using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeFlow;

/// <summary>Topics, patterns and roll-ups over a task and its agent.</summary>
public sealed class SubscriptionTests(SharedHub shared) : IClassFixture<SharedHub>
{
    // No worker of another test takes such a task.
    private const string Waits = ",\"requires\":{\"flying\":1}";

    [Fact]
    public async Task A_task_is_told_under_its_own_topics_and_under_those_of_all_tasks()
    {
        var hub = shared.Hub;
        using var rollUps = await FlowClient.ConnectAsync(hub.Server);
        await rollUps.SubscribeAsync("task.created", "task.assigned", "task.progress", "task.completed", "task.error");
        using var pattern = await FlowClient.ConnectAsync(hub.Server);
        await pattern.SubscribeAsync("task.*.progress", "task.*.completed");
        var (task, worker) = await RunAsync("subs-1", "\"result\":{\"words\":312}");

        var created = await rollUps.EventAsync("task.created", d => d.Text("taskId") == task);
        Assert.Equal(("Count", 2), (created.Text("title"), created.GetProperty("priority").GetInt32()));
        Assert.Equal("subs-1", (await rollUps.EventAsync("task.assigned", d => d.Text("taskId") == task)).Text("agentId"));
        Assert.Equal(0, (await rollUps.EventAsync("task.progress", d => d.Text("taskId") == task)).GetProperty("progress").GetInt32());
        Assert.Equal(45, (await rollUps.EventAsync("task.progress", d => d.Text("taskId") == task)).GetProperty("progress").GetInt32());
        var completed = await rollUps.EventAsync("task.completed", d => d.Text("taskId") == task);
        Assert.Equal(("completed", 312), (completed.Text("status"), completed.GetProperty("result").GetProperty("words").GetInt32()));
        Assert.DoesNotContain($"task.{task}.completed", await rollUps.TopicsAsync());

        await pattern.EventAsync($"task.{task}.progress", d => d.GetProperty("progress").GetInt32() == 45);
        await pattern.EventAsync($"task.{task}.completed");
        Assert.DoesNotContain(await pattern.TopicsAsync(), t => t is "task.completed" or "task.progress");
        await worker.CloseAsync();
    }

    [Fact]
    public async Task One_task_alone_is_heard_by_its_id_also_when_it_fails_for_good()
    {
        var hub = shared.Hub;
        var client = await hub.ClientAsync();
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        var task = await CreateAsync(client, ",\"assign_to\":\"subs-2\"");
        await watcher.SubscribeAsync($"task.{task}.completed", $"task.{task}.error", "agent.subs-2.status");
        var worker = await hub.WorkerAsync("subs-2");
        var lease = (await worker.NextAsync("assign")).Lease();
        await worker.ResultAsync($"\"type\":\"task.fail\",{lease},\"error\":{{\"code\":\"BROKEN\",\"message\":\"It broke.\"}},\"retryable\":false");

        var failed = await watcher.EventAsync($"task.{task}.completed");
        Assert.Equal(("failed", "It broke."), (failed.Text("status"), failed.GetProperty("error").Text("message")));
        Assert.False((await watcher.EventAsync($"task.{task}.error")).GetProperty("error").GetProperty("recoverable").GetBoolean());
        await watcher.EventAsync("agent.subs-2.status", d => d.Text("status") == "busy");
        await watcher.EventAsync("agent.subs-2.status", d => d.Text("status") == "idle");
        await worker.CloseAsync();
    }

    [Fact]
    public async Task Overlapping_subscriptions_give_each_event_once_and_what_was_left_gives_none()
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        await client.SubscribeAsync("task.#", "task.*.created", "#");
        var task = await CreateAsync(await shared.Hub.ClientAsync());
        await client.EventAsync($"task.{task}.created");
        Assert.DoesNotContain($"task.{task}.created", await client.TopicsAsync());

        await client.DoneAsync("\"type\":\"unsubscribe\",\"topics\":[\"task.#\",\"#\",\"task.*.created\",\"never.had\"]");
        task = await CreateAsync(await shared.Hub.ClientAsync());
        Assert.Empty(await client.TopicsAsync());
        await client.DoneAsync("\"type\":\"unsubscribe\",\"topics\":[\"task.#\"]");
    }

    [Fact]
    public async Task Topics_whose_events_the_hub_does_not_have_are_subscribed_to_all_the_same()
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        await client.SubscribeAsync("agent.a1.status", "agent.a1.health", "agent.a1.metrics", "agent.a1.logs");
        await client.SubscribeAsync("swarm.s1.topology");
        await client.DoneAsync("\"type\":\"unsubscribe\",\"topics\":[\"agent.a1.health\",\"agent.a1.status\",\"agent.a1.logs\"]");
        Assert.Empty(await client.TopicsAsync());
    }

    [Fact]
    public async Task Since_a_position_the_missed_events_come_before_the_answer_each_once()
    {
        var native = await shared.Hub.ClientAsync();
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        var position = (await client.SubscribeAsync("agent.none.status")).Text("position");
        var task = await CreateAsync(native);
        await native.ResultAsync($"\"type\":\"task.cancel\",\"task\":\"{task}\",\"reason\":\"enough\"");

        // An event at the boundary may come twice, so the boundary is after the cancellation.
        await client.SubscribeAsync("app.passed");
        await native.ResultAsync("\"type\":\"publish\",\"topic\":\"app.passed\",\"data\":1");
        await client.EventAsync("app.passed");

        var answer = await client.DoneAsync($"\"type\":\"subscribe\",\"since\":\"{position}\",\"topics\":[\"task.{task}.completed\",\"task.#\",\"task.completed\"]");
        Assert.True(answer.GetProperty("recovered").GetBoolean());
        Assert.Equal(
            [$"task.{task}.completed", $"task.{task}.created", "task.completed"],
            (await client.TopicsAsync()).Where(t => t == "task.completed" || t.Contains(task, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_position_of_another_history_is_told_as_not_recovered()
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        Assert.False((await client.DoneAsync("\"type\":\"subscribe\",\"since\":\"999:1\",\"topics\":[\"task.#\"]")).GetProperty("recovered").GetBoolean());
    }

    [Fact]
    public async Task Messages_of_applications_reach_other_subscribers_and_with_broadcast_the_sender()
    {
        using var one = await FlowClient.ConnectAsync(shared.Hub.Server);
        using var two = await FlowClient.ConnectAsync(shared.Hub.Server);
        foreach (var client in new[] { one, two }) await client.SubscribeAsync("chat.room.*", "rooms/#");
        await one.DoneAsync(FlowClient.Publish("chat.room.1", """{"text":"hello"}"""));
        Assert.Equal("hello", (await two.EventAsync("chat.room.1")).Text("text"));
        await one.DoneAsync(FlowClient.Publish("rooms/a.b/2", "[1,null]"));
        Assert.Equal("[1,null]", (await two.EventAsync("rooms/a.b/2")).GetRawText());
        Assert.Empty(await one.TopicsAsync());
        await one.DoneAsync("\"type\":\"publish\",\"topic\":\"chat.room.1\",\"data\":7,\"broadcast\":true");
        Assert.Equal(7, (await one.EventAsync("chat.room.1")).GetInt32());
    }

    [Fact]
    public async Task Events_of_a_topic_are_numbered_from_1_without_a_hole()
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        await client.SubscribeAsync("numbered.#");
        using var other = await FlowClient.ConnectAsync(shared.Hub.Server);
        for (var i = 1; i <= 3; i++)
        {
            foreach (var topic in new[] { "numbered.a", "numbered.b" })
            {
                await other.DoneAsync(FlowClient.Publish(topic, "{}"));
                var message = await client.Raw.NextAsync("event");
                Assert.Equal((topic, i), (message.Text("topic"), message.Number("sequenceNumber")));
            }
        }
    }

    [Fact]
    public async Task Topics_of_the_hubs_applications_are_shared_with_its_own_protocol()
    {
        var native = await shared.Hub.ClientAsync();
        await native.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.claude-flow.news.#\"]");
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        await client.SubscribeAsync("app.build.*");
        await native.ResultAsync("\"type\":\"publish\",\"topic\":\"app.build.done\",\"data\":{\"ok\":true}");
        Assert.True((await client.EventAsync("app.build.done")).GetProperty("ok").GetBoolean());
        await client.DoneAsync(FlowClient.Publish("news.today", "{}"));
        Assert.Equal("app.claude-flow.news.today", (await native.NextAsync("record")).Text("topic"));
    }

    private async Task<(string Task, RawClient Worker)> RunAsync(string agent, string end)
    {
        var client = await shared.Hub.ClientAsync();
        var worker = await shared.Hub.WorkerAsync(agent);
        var task = await CreateAsync(client, $",\"assign_to\":\"{agent}\",\"priority\":2");
        var lease = (await worker.NextAsync("assign")).Lease();
        await worker.ResultAsync($"\"type\":\"task.start\",{lease}");
        await worker.ResultAsync($"\"type\":\"task.progress\",{lease},\"progress\":0.45");
        await worker.ResultAsync($"\"type\":\"task.complete\",{lease},{end}");
        return (task, worker);
    }

    private static async Task<string> CreateAsync(RawClient client, string more = Waits) =>
        (await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{{\"title\":\"Count\"{more}}}]")).GetProperty("tasks")[0].Text("id")!;
}
