using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Core.Insight;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Insight;

/// <summary>The way from a real hub's measurements of itself to its clients.</summary>
public sealed class InsightTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    // Its memory is always more than nothing: whether it fires is a matter of the threshold alone.
    private static readonly Gauge Memory = new("process.memory_resident_bytes", "bytes", "process_memory", Modules.Store, "The process has memory", s => s.Process.MemoryResidentBytes);

    [Fact]
    public async Task An_alert_fires_over_the_websocket_is_acknowledged_over_HTTP_survives_a_restart_and_is_resolved()
    {
        var rule = Rule(threshold: 1000);
        await using var hub = await TestHub.StartAsync(o => o with { Insight = new() { Interval = Beat, Rules = [rule] } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var alert = (string)(await EventuallyAsync(http, "/api/v1/alerts?state=firing", page => page["alerts"]!.AsArray() is [var one] ? one : null))["id"]!;

        var client = await hub.ClientAsync();
        var subscribed = await client.ResultAsync("""
            "type":"subscribe","topics":["system.alert.#","system.module.#"],"since":"1:0"
            """);
        var records = subscribed.GetProperty("records").EnumerateArray().ToArray();
        Assert.Equal(["alert_fired", "module_status_changed"], records.Select(r => r.Text("kind")));
        var fired = records[0].GetProperty("data");
        Assert.Equal((alert, "process_memory", "store", "firing", "warning"), (fired.Text("alert"), fired.Text("resource"), fired.Text("module"), fired.Text("state"), fired.Text("level")));
        Assert.True(fired.GetProperty("value").GetDouble() > 1_000_000);
        Assert.Equal("degraded", records[1].GetProperty("data").Text("new_status"));

        using var acknowledged = await http.PostAsync(new Uri($"/api/v1/alerts/{alert}/acknowledge", UriKind.Relative), null);
        Assert.Equal(200, (int)acknowledged.StatusCode);
        var live = await client.NextAsync("record");
        Assert.Equal(("alert_acknowledged", alert), (live.Text("kind"), live.GetProperty("data").Text("alert")));

        // The same rule, still past its threshold: taken up again, not doubled.
        await hub.RestartAsync();
        using var again = new HttpClient { BaseAddress = hub.Server.Url };
        var system = await EventuallyAsync(again, "/api/v1/system", s => s["alerts"]!.AsArray() is [var one] ? s : null);
        Assert.Equal((alert, "acknowledged", "degraded"), ((string)system["alerts"]![0]!["id"]!, (string)system["alerts"]![0]!["state"]!, (string)system["modules"]!["store"]!));
        Assert.Single((await GetAsync(again, "/api/v1/alerts"))!["alerts"]!.AsArray());

        rule = Rule(threshold: 1e15);
        await hub.RestartAsync();
        using var last = new HttpClient { BaseAddress = hub.Server.Url };
        var resolved = await EventuallyAsync(last, "/api/v1/alerts?state=resolved", page => page["alerts"]!.AsArray() is [var one] ? one : null);
        Assert.Equal(alert, (string)resolved["id"]!);
        Assert.NotNull(resolved["acknowledged_by"]);
        Assert.StartsWith("process.memory_resident_bytes is ", (string)resolved["reason"]!, StringComparison.Ordinal);
        system = await EventuallyAsync(last, "/api/v1/system", s => s["alerts"]!.AsArray().Count == 0 ? s : null);
        Assert.Equal(("healthy", "healthy"), ((string)system["status"]!, (string)system["modules"]!["store"]!));
    }

    [Fact]
    public async Task Readings_come_as_the_newest_of_their_topic_and_write_nothing()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Insight = new() { Interval = Beat, Rules = [] } });
        var client = await hub.ClientAsync();
        await client.ResultAsync("""
            "type":"subscribe","topics":["system.metrics"]
            """);
        var head = hub.Server.Hive.Head;
        JsonElement reading = default;
        for (var i = 0; i < 4; i++) reading = await client.NextAsync("record");
        Assert.Equal(("system_metrics", "latest"), (reading.Text("kind"), reading.Text("class")));
        Assert.Equal(head, hub.Server.Hive.Head);
        var data = reading.GetProperty("data");
        Assert.InRange(data.GetProperty("interval_ms").GetInt64(), 1, long.MaxValue);
        Assert.Equal(1, data.GetProperty("hub").GetProperty("connections").GetInt32());
        Assert.True(data.GetProperty("hub").GetProperty("loop_ms").GetDouble() > 0);

        // No commit ran meanwhile, and the reading shows null and not 0.
        Assert.Equal(JsonValueKind.Null, data.GetProperty("hub").GetProperty("commit_ms").ValueKind);
        Assert.Equal("no commit in this interval", data.GetProperty("reasons").Text("hub.commit_ms"));
    }

    [Fact]
    public async Task What_the_hub_does_is_in_the_next_reading()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Insight = new() { Interval = Beat, Rules = [] } });
        var worker = await hub.WorkerAsync("w1");
        await worker.ResultAsync("""
            "type":"task.create","tasks":[{"title":"a"}]
            """);
        var assigned = await worker.NextAsync("assign");
        await worker.ResultAsync($"\"type\":\"task.fail\",{assigned.Lease()},\"error\":{{\"code\":\"X\",\"message\":\"x\"}},\"retry_after_ms\":0");
        assigned = await worker.NextAsync("assign");
        await worker.ResultAsync($"\"type\":\"task.complete\",{assigned.Lease()}");
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var work = (await EventuallyAsync(http, "/api/v1/system", s => (double?)s["work"]!["error_percent"] == 50 ? s : null))["work"]!;
        Assert.Equal((1L, 1L), ((long)work["completed_today"]!, (long)work["agents"]!["idle"]!));
        Assert.True((double)work["completed_per_second"]! > 0);
    }

    [Fact]
    public async Task A_hub_that_does_not_look_says_so()
    {
        await using var hub = await TestHub.StartAsync();
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        using var response = await http.GetAsync(new Uri("/api/v1/system", UriKind.Relative));
        Assert.Equal(501, (int)response.StatusCode);
        Assert.Equal("NOT_AVAILABLE", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!);
        Assert.Equal("NOT_AVAILABLE", await (await hub.ClientAsync()).ErrorAsync("\"type\":\"system.show\""));
    }

    [Theory]
    [InlineData("/api/v1/alerts?state=loud", "state is one of firing, acknowledged, resolved.")]
    [InlineData("/api/v1/alerts?limit=0", "limit is 1 to 1000; it was 0.")]
    [InlineData("/api/v1/alerts?cursor=next", "cursor must be the value that the previous page returned.")]
    public async Task A_bad_question_is_answered_with_what_was_wrong(string path, string expected)
    {
        await using var hub = await TestHub.StartAsync();
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(expected, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alerts_come_in_pages()
    {
        AlertRule[] rules = [Rule(1000, "one"), Rule(1000, "two"), Rule(1000, "three")];
        await using var hub = await TestHub.StartAsync(o => o with { Insight = new() { Interval = Beat, Rules = rules } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        await EventuallyAsync(http, "/api/v1/alerts", page => page["alerts"]!.AsArray().Count == 3 ? page : null);
        var seen = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = (await GetAsync(http, $"/api/v1/alerts?limit=1{cursor}"))!;
            seen.AddRange(page["alerts"]!.AsArray().Select(a => (string)a!["rule"]!));
            cursor = (string?)page["cursor"] is { } next ? $"&cursor={next}" : null;
        }

        Assert.Equal(["three", "two", "one"], seen);
    }

    [Fact]
    public async Task A_scraper_sees_which_alert_is_open_and_how_each_part_stands()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Insight = new() { Interval = Beat, Rules = [Rule(1000), Rule(1e15, "never")] } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var text = "";
        await Eventually.Async(
            async () =>
            {
                text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
                return text.Contains("waggle_alert_firing{level=\"warning\",resource=\"process_memory\",rule=\"memory\"} 1\n", StringComparison.Ordinal);
            },
            "the alert to be served");
        Assert.Contains("waggle_alert_firing{level=\"warning\",resource=\"process_memory\",rule=\"never\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("waggle_module_health{module=\"store\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("waggle_module_health{module=\"delivery\"} 0\n", text, StringComparison.Ordinal);
    }

    private static AlertRule Rule(double threshold, string name = "memory") => new(name, Memory, AlertLevel.Warning, threshold, threshold / 2, TimeSpan.Zero);

    private static async Task<JsonNode> EventuallyAsync(HttpClient http, string path, Func<JsonNode, JsonNode?> wanted)
    {
        JsonNode? found = null;
        await Eventually.Async(async () => (found = await GetAsync(http, path) is { } answer ? wanted(answer) : null) is not null, $"what is wanted of {path}");
        return found!;
    }

    private static async Task<JsonNode?> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
    }
}
