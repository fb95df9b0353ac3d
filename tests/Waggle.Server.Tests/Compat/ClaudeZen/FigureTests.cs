using System.Text;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Schemas;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeZen;

/// <summary>The figures of swarms and of the hub, and the changes of its API, on their channels.</summary>
public sealed class FigureTests : IAsyncLifetime
{
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() =>
        _hub = await TestHub.StartAsync(o => o with { Insight = new() { Interval = TimeSpan.FromMilliseconds(50), Rules = [] } });

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task The_status_of_a_swarm_counts_what_happened_in_it()
    {
        using var client = await _hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("swarm-coordination");
        var native = await _hub.ClientAsync();
        await native.ResultAsync("\"type\":\"swarm.set_topology\",\"swarm\":\"default\",\"topology\":{\"kind\":\"hierarchical\"}");
        await client.ZenHearAsync("swarm_status", "swarm-coordination", d => d.TryGetProperty("topology", out var t) && t.GetString() == "hierarchical" && !d.TryGetProperty("agents", out _));
        var worker = await _hub.WorkerAsync("ann");
        await _hub.WorkerAsync("bob", slots: 0);
        await native.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"One\"},{\"title\":\"Two\"}]");
        var lease = (await worker.NextAsync("assign")).Lease();
        await worker.ResultAsync($"\"type\":\"task.complete\",{lease},\"result\":1");
        await worker.NextAsync("assign");

        var status = await client.ZenHearAsync(
            "swarm_status", "swarm-coordination",
            d => d.TryGetProperty("agents", out var a) && a.Number("active") == 1 && d.GetProperty("performance").Number("tasksCompleted") == 1);
        Assert.Equal(("default", "active", "hierarchical"), (status.Text("swarmId"), status.Text("status"), status.Text("topology")));
        Assert.Equal((2, 1, 0), (status.GetProperty("agents").Number("total"), status.GetProperty("agents").Number("idle"), status.GetProperty("agents").Number("offline")));
        Assert.Equal(0, status.GetProperty("agents").Number("failed"));
        Assert.True(status.GetProperty("performance").GetProperty("averageResponseTime").GetDouble() >= 0);

        // The rate is unknown while the window is shorter than a second.
        await client.ZenHearAsync(
            "swarm_status", "swarm-coordination",
            d => d.TryGetProperty("performance", out var p) && p.GetProperty("throughput") is { ValueKind: JsonValueKind.Number } rate && rate.GetDouble() > 0);
        var asked = await client.ZenAskAsync("""{"action":"get_swarm_status","swarmId":"default"}""");
        Assert.Equal(("hierarchical", 1, 1), (asked.Text("topology"), asked.GetProperty("agents").Number("active"), asked.GetProperty("performance").Number("tasksCompleted")));
    }

    [Fact]
    public async Task The_metrics_of_the_hub_are_what_it_measured()
    {
        using var client = await _hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("system-metrics");
        using var http = new HttpClient { BaseAddress = _hub.Server.Url };

        // Of four requests one fails: nothing starts an agent here.
        for (var i = 0; i < 3; i++) (await http.GetAsync("/api/v1/swarms")).EnsureSuccessStatusCode();
        using var refused = await http.PostAsync("/api/v1/spawns", new StringContent("""{"role":"coder"}""", Encoding.UTF8, "application/json"));
        Assert.Equal(501, (int)refused.StatusCode);
        var metrics = (await client.ZenHearAsync(
            "metrics_update", "system-metrics", d => d.GetProperty("metrics").GetProperty("error_rate") is { ValueKind: JsonValueKind.Number } rate && rate.GetDouble() > 0)).GetProperty("metrics");
        Assert.Equal(0.25, metrics.GetProperty("error_rate").GetDouble(), 3);
        Assert.True(metrics.GetProperty("requests_per_second").GetDouble() > 0);
        Assert.Equal(1, metrics.Number("active_connections"));
        Assert.InRange(metrics.GetProperty("memory_usage").GetDouble(), 0.01, 1);
        await client.ZenHearAsync(
            "metrics_update", "system-metrics", d => d.GetProperty("metrics").GetProperty("cpu_usage") is { ValueKind: JsonValueKind.Number } cpu && cpu.GetDouble() is > 0 and <= 1);
    }

    [Fact]
    public async Task A_change_of_the_api_is_told_once()
    {
        using var client = await _hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("api-updates");
        var operations = new Dictionary<string, string>(StringComparer.Ordinal) { ["POST /api/v1/new-feature"] = "new" };
        for (var i = 0; i < 2; i++) await _hub.Server.Hive.AskAsync(new ReportSchema("2.0.1", operations) { By = Principal.Hub("default") }, TestContext.Current.CancellationToken);

        var told = await client.ZenHearAsync("schema_updated", "api-updates");
        Assert.Equal("2.0.1", told.Text("version"));
        Assert.Contains(told.GetProperty("changes").EnumerateArray(), c => (c.Text("type"), c.Text("endpoint"), c.Text("method")) == ("endpoint_added", "/api/v1/new-feature", "POST"));
        Assert.Contains(told.GetProperty("changes").EnumerateArray(), c => (c.Text("type"), c.Text("endpoint"), c.Text("method")) == ("endpoint_removed", "/api/v1/tasks", "GET"));
        await client.SendAsync("""{"type":"ping"}""");
        Assert.True((await client.NextAsync()).Is("pong"));
    }
}
