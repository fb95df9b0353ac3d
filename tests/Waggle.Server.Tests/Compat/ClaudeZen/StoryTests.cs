using System.Text.Json;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeZen;

/// <summary>Clients of claude-zen observe and control a real swarm.</summary>
public sealed class StoryTests : IAsyncLifetime
{
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_task_is_told_on_its_channels_and_on_no_other()
    {
        using var tasks = await _hub.Server.ZenAsync();
        using var agents = await _hub.Server.ZenAsync();
        using var one = await _hub.Server.ZenAsync();
        await tasks.ZenSubscribeAsync("task-coordination");
        await agents.ZenSubscribeAsync("swarm-events");
        await one.ZenSubscribeAsync("agent-ann-status");
        var worker = await _hub.WorkerAsync("ann", more: ",\"type\":\"coder\",\"capabilities\":{\"rust\":0.8}");
        var native = await _hub.ClientAsync();
        var task = (await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"Optimize\"}]")).GetProperty("tasks")[0].Text("id")!;
        var lease = (await worker.NextAsync("assign")).Lease();
        await worker.ResultAsync($"\"type\":\"task.start\",{lease}");
        await worker.ResultAsync($"\"type\":\"task.progress\",{lease},\"progress\":0.65,\"message\":\"half way\"");
        await worker.ResultAsync($"\"type\":\"task.complete\",{lease},\"result\":\"40 % faster\"");

        var assigned = await tasks.ZenHearAsync("task_assigned", "task-coordination");
        Assert.Equal((task, "ann", "default"), (assigned.Text("taskId"), assigned.Text("assignedTo"), assigned.Text("swarmId")));
        var progress = await tasks.ZenHearAsync("task_progress", "task-coordination");
        Assert.Equal((0.65, "half way"), (progress.GetProperty("progress").GetDouble(), progress.Text("message")));
        var completed = await tasks.ZenHearAsync("task_completed", "task-coordination");
        Assert.Equal(("success", "40 % faster", "ann"), (completed.Text("result"), completed.Text("output"), completed.Text("agentId")));
        Assert.True(completed.GetProperty("executionTime").GetInt64() >= 0);

        var spawned = await agents.ZenHearAsync("agent_spawned", "swarm-events");
        Assert.Equal(("ann", "coder", "[\"rust\"]"), (spawned.Text("agentId"), spawned.Text("agentType"), spawned.GetProperty("capabilities").GetRawText()));
        foreach (var (client, channel) in new[] { (agents, "swarm-events"), (one, "agent-ann-status") })
        {
            var working = await client.ZenHearAsync("agent_status", channel, d => d.Text("newStatus") == "working");
            Assert.Equal(("idle", task), (working.Text("oldStatus"), working.Text("taskId")));
            await client.ZenHearAsync("agent_status", channel, d => d.Text("newStatus") == "idle" && d.Text("oldStatus") == "working");
        }
    }

    [Fact]
    public async Task A_glob_for_one_agents_channel_hears_that_agent_alone()
    {
        using var client = await _hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("agent-b*-status");
        await _hub.WorkerAsync("ann");
        await _hub.WorkerAsync("bob");
        var heard = await client.NextAsync("agent_status");
        Assert.Equal(("agent-bob-status", "bob", "idle"), (heard.Text("channel"), heard.GetProperty("data").Text("agentId"), heard.GetProperty("data").Text("newStatus")));
    }

    [Fact]
    public async Task Filters_select_by_swarm()
    {
        var native = await _hub.ClientAsync();
        await native.ResultAsync("\"type\":\"swarm.create\",\"name\":\"One\",\"swarm\":\"one\"");
        await native.ResultAsync("\"type\":\"swarm.create\",\"name\":\"Two\",\"swarm\":\"two\"");
        using var client = await _hub.Server.ZenAsync();
        await client.SendAsync("""{"id":"f","type":"subscribe","data":{"channels":["swarm-coordination"],"filters":{"swarmId":["two","three"]}}}""");
        await client.NextAsync("response");
        await native.ResultAsync("\"type\":\"swarm.pause\",\"swarm\":\"one\"");
        await native.ResultAsync("\"type\":\"swarm.pause\",\"swarm\":\"two\"");
        var heard = await client.ZenHearAsync("swarm_status", "swarm-coordination", d => d.Text("status") == "paused");
        Assert.Equal("two", heard.Text("swarmId"));
    }

    [Fact]
    public async Task An_unsubscribed_channel_is_silent()
    {
        using var client = await _hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("swarm-coordination", "memory-events");
        await client.SendAsync("""{"id":"u","type":"unsubscribe","data":{"channels":["swarm-coordination"]}}""");
        await client.NextAsync("response");
        var native = await _hub.ClientAsync();
        await native.ResultAsync("\"type\":\"swarm.pause\",\"swarm\":\"default\"");
        await client.ZenAskAsync("""{"action":"memory_store","key":"k","value":1}""");
        Assert.True((await client.NextAsync()).Is("memory_updated"));
    }

    [Fact]
    public async Task Memory_is_stored_and_told_with_its_size()
    {
        using var client = await _hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("memory-events");
        var stored = await client.ZenAskAsync("""{"action":"memory_store","key":"session-data","value":{"é":[1,2]},"namespace":"sessions"}""");
        Assert.True(stored.GetProperty("success").GetBoolean());
        var told = await client.ZenHearAsync("memory_updated", "memory-events");
        Assert.Equal(("store", "session-data", "sessions", 12), (told.Text("operation"), told.Text("key"), told.Text("namespace"), told.Number("size")));
        var native = await _hub.ClientAsync();
        var entry = await native.ResultAsync("\"type\":\"memory.get\",\"namespace\":\"sessions\",\"key\":\"session-data\"");
        Assert.Equal("""{"é":[1,2]}""", entry.GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task What_was_stored_is_found_and_its_asker_alone_is_told_on_the_channel()
    {
        using var client = await _hub.Server.ZenAsync();
        using var other = await _hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("memory-events");
        await other.ZenSubscribeAsync("memory-events");
        await client.ZenAskAsync("""{"action":"memory_store","key":"doc-001","value":"Database connection pooling for optimization","metadata":{"category":"performance"}}""");
        JsonElement found = default;
        await Waggle.TestKit.Eventually.Async(
            async () => (found = await client.ZenAskAsync("""{"action":"vector_search","query":"database pooling","limit":10}""")).GetProperty("results").GetArrayLength() == 1,
            "the entry is indexed");
        var hit = found.GetProperty("results")[0];
        Assert.Equal(("doc-001", "performance"), (hit.Text("id"), hit.GetProperty("metadata").Text("category")));
        Assert.Contains("pooling", hit.Text("content"), StringComparison.Ordinal);
        Assert.True(found.GetProperty("executionTime").GetDouble() > 0);
        var told = await client.ZenHearAsync("vector_search_complete", "memory-events", d => d.GetProperty("results").GetArrayLength() == 1);
        Assert.Equal("database pooling", told.Text("query"));
        await client.ZenAskAsync("""{"action":"memory_store","key":"last","value":1}""");
        Assert.True((await other.NextAsync()).Is("memory_updated"));
        Assert.True((await other.NextAsync()).Is("memory_updated"));
        Assert.Equal("INVALID_REQUEST", (await client.ZenAskAsync("""{"action":"vector_search","query":"x","threshold":7}""")).GetProperty("error").Text("code"));
    }

    [Fact]
    public async Task The_status_of_a_swarm_has_what_was_measured()
    {
        await _hub.WorkerAsync("ann", more: ",\"type\":\"coder\"");
        using var client = await _hub.Server.ZenAsync();
        var status = await client.ZenAskAsync("""{"action":"get_swarm_status","swarmId":"default","detailed":true}""");
        Assert.Equal(("default", "active", 1, 1), (status.Text("swarmId"), status.Text("status"), status.GetProperty("agents").Number("total"), status.GetProperty("agents").Number("idle")));
        Assert.Equal(0, status.GetProperty("performance").Number("tasksCompleted"));
        Assert.Equal(("ann", "coder"), (status.GetProperty("members")[0].Text("agentId"), status.GetProperty("members")[0].Text("agentType")));
        var missing = await client.ZenAskAsync("""{"action":"get_swarm_status","swarmId":"none"}""");
        Assert.Equal("NOT_FOUND", missing.GetProperty("error").Text("code"));
        Assert.Equal("NOT_FOUND", (await client.ZenAskAsync("""{"action":"get_swarm_status","swarmId":"none","detailed":true}""")).GetProperty("error").Text("code"));
    }

    [Fact]
    public async Task Messages_of_an_application_come_on_the_channel_that_is_their_topic()
    {
        using var client = await _hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("app.builds.*");
        var native = await _hub.ClientAsync();
        await native.ResultAsync("\"type\":\"publish\",\"topic\":\"app.builds.main.done\",\"data\":{\"ok\":true}");
        var message = await client.NextAsync("message");
        Assert.Equal(("app.builds.main.done", """{"ok":true}"""), (message.Text("channel"), message.GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task Updates_of_a_batch_are_one_message_and_answers_stay_alone()
    {
        using var client = await _hub.Server.ZenAsync();
        await client.SendAsync("""{"id":"b","type":"subscribe","data":{"channels":["memory-events"],"batch":{"max":3,"ms":10000}}}""");
        await client.NextAsync("response");
        var native = await _hub.ClientAsync();
        foreach (var key in new[] { "a", "b", "c" }) await native.ResultAsync($"\"type\":\"memory.put\",\"namespace\":\"n\",\"key\":\"{key}\",\"value\":1");

        // Another message to the client takes the updates that wait along, so the first one may come before the batch is full.
        var keys = new List<string>();
        var batches = 0;
        while (keys.Count < 3)
        {
            var message = await client.NextAsync();
            if (message.Text("type") == "memory_updated") keys.Add(message.GetProperty("data").Text("key")!);
            if (message.Text("type") != "batch_update") continue;
            batches++;
            foreach (var update in message.GetProperty("data").GetProperty("updates").EnumerateArray())
            {
                Assert.Equal("memory_updated", update.Text("type"));
                keys.Add(update.GetProperty("data").Text("key")!);
            }
        }

        Assert.Equal(["a", "b", "c"], keys);
        Assert.Equal(1, batches);
    }
}
