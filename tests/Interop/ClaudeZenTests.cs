using System.Text.Json;
using Waggle.Client;
using Waggle.Dialects.ClaudeZen;
using Waggle.Interop.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Interop.Tests;

/// <summary>The client class that seed 000 prints, and its usage example, in Node and in Chromium, with the real hub.</summary>
public sealed class ClaudeZenTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private InteropHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await InteropHub.StartAsync(ClaudeZenDialect.Entry);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_usage_example_prints_the_status_and_the_events_of_a_real_swarm(bool inChromium)
    {
        await _hub.Client.CreateSwarmAsync("Builders", "swarm-001");
        await using var worker = await _hub.WorkerAsync("agent-coder-003", WorkAsync, o => o.Swarm = "swarm-001");
        await using var client = await StartAsync(inChromium);
        var status = await client.HandledAsync("log", d => d[0].GetString() == "Swarm status:");
        Assert.Equal(("swarm-001", "active", 1), (Text(status[1], "swarmId"), Text(status[1], "status"), status[1].GetProperty("agents").GetProperty("total").GetInt32()));

        await _hub.Client.CreateTaskAsync(new TaskSpec { Title = "Optimize", Swarm = "swarm-001" });
        var progress = await EventAsync(client, "task_progress");
        Assert.Equal((0.65, "Code optimization in progress"), (progress.GetProperty("progress").GetDouble(), Text(progress, "message")));
        _go.SetResult();
        var completed = await EventAsync(client, "task_completed");
        Assert.Equal(("success", "40 % faster"), (Text(completed, "result"), Text(completed, "output")));
        var swarm = await EventAsync(client, "swarm_status", d => d.TryGetProperty("performance", out var p) && p.GetProperty("tasksCompleted").GetInt64() == 1);
        Assert.Equal(1, swarm.GetProperty("agents").GetProperty("total").GetInt32());
        Assert.Empty(client.Complaints);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_resolve_with_what_was_done_and_failures_resolve_at_once(bool inChromium)
    {
        await using var client = await StartAsync(inChromium);
        await client.SayAsync("""request memory_store {"key":"session-data","value":{"a":1},"namespace":"sessions"}""");
        Assert.True((await client.HandledAsync("memory_store")).GetProperty("success").GetBoolean());
        await client.SayAsync("""request spawn_agent {"swarmId":"default","agentType":"coder","capabilities":["javascript"]}""");
        var refused = await client.HandledAsync("spawn_agent");
        Assert.Equal((false, "NOT_AVAILABLE"), (refused.GetProperty("success").GetBoolean(), Text(refused.GetProperty("error"), "code")));
        await client.SayAsync("request bogus");
        Assert.Equal("UNKNOWN_TYPE", Text((await client.HandledAsync("bogus")).GetProperty("error"), "code"));
        Assert.DoesNotContain(client.Lines, l => l.ToString().Contains("timeout", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_handlers_hear_their_channels(bool inChromium)
    {
        await using var client = await StartAsync(inChromium);
        await client.SayAsync("subscribe memory-events agent-a1-status system-metrics");
        await client.SayAsync("""request memory_store {"key":"k","value":"é","namespace":"n"}""");
        var updated = await client.HandledAsync("on memory-events");
        Assert.Equal(("memory_updated", 4), (Text(updated, "type"), updated.GetProperty("data").GetProperty("size").GetInt32()));
        var metrics = (await client.HandledAsync("on system-metrics")).GetProperty("data").GetProperty("metrics");
        Assert.True(metrics.GetProperty("active_connections").GetInt32() >= 1);
        Assert.Equal(["requests_per_second", "active_connections", "memory_usage", "cpu_usage", "error_rate"], metrics.EnumerateObject().Select(p => p.Name));
        await using var worker = await _hub.WorkerAsync("a1", WorkAsync);
        await client.HandledAsync("on agent-a1-status", d => Text(d.GetProperty("data"), "newStatus") == "idle");
        await client.SayAsync("subscribe bogus");
        Assert.Equal("INVALID_CHANNEL", Text((await client.HandledAsync("error")).GetProperty("data"), "code"));
    }

    [Fact]
    public async Task A_lost_connection_is_not_a_normal_close()
    {
        await using var client = await StartAsync(inChromium: false);
        await client.SayAsync("lose");
        await client.HandledAsync("reconnect");
    }

    private async Task<ForeignClient> StartAsync(bool inChromium)
    {
        var url = _hub.WebSocketOf(ClaudeZenDialect.Entry);
        var client = inChromium ? ForeignClient.Chromium("000", url) : ForeignClient.Node("000", url);
        await client.ReadyAsync();
        return client;
    }

    private async ValueTask<RawJson> WorkAsync(TaskWork work, CancellationToken cancel)
    {
        await work.ReportProgressAsync(0.65, "Code optimization in progress");
        await _go.Task.WaitAsync(cancel);
        return RawJson.Parse("\"40 % faster\"");
    }

    // The example prints each message of its two channels.
    private static async Task<JsonElement> EventAsync(ForeignClient client, string type, Func<JsonElement, bool>? where = null)
    {
        var printed = await client.HandledAsync(
            "log", d => d[0].GetString() == "Swarm event:" && Text(d[1], "type") == type && where?.Invoke(d[1].GetProperty("data")) != false);
        return printed[1].GetProperty("data");
    }

    private static string? Text(JsonElement data, string name) => data.TryGetProperty(name, out var value) ? value.GetString() : null;
}
