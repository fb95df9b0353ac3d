using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Insight;

/// <summary>The HTTP requests of a hub, counted where its clients meet it.</summary>
public sealed class RequestCountsTests
{
    [Fact]
    public async Task Answers_count_and_WebSockets_do_not()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Insight = o.Insight with { Interval = TimeSpan.FromMilliseconds(250) } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var native = await hub.ClientAsync();
        for (var i = 0; i < 20; i++) await http.GetStringAsync("/api/v1/swarms");
        Assert.Equal(404, (int)(await http.GetAsync(new Uri("/api/v1/tasks/none", UriKind.Relative))).StatusCode);
        await Waggle.TestKit.Eventually.Async(
            async () =>
            {
                var shown = await native.AskAsync("\"type\":\"system.show\"");
                if (!shown.Is("reply")) return false;
                var reading = shown.GetProperty("result").GetProperty("hub");
                return reading.GetProperty("requests_per_second").ValueKind == System.Text.Json.JsonValueKind.Number
                    && reading.GetProperty("requests_per_second").GetDouble() > 0 && reading.GetProperty("request_error_percent").GetDouble() == 0
                    && reading.GetProperty("request_ms").GetDouble() > 0;
            },
            "a reading has the rate of the requests");
    }

    [Fact]
    public async Task A_client_over_its_limit_is_told_when_to_come_back()
    {
        var time = new Waggle.TestKit.FakeTime();
        await using var hub = await TestHub.StartAsync(o => o with { Time = time, Connections = o.Connections with { MaxMessagesPerMinute = 2 } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        for (var i = 0; i < 2; i++) await http.GetStringAsync("/api/v1/swarms");
        using var refused = await http.GetAsync(new Uri("/api/v1/swarms", UriKind.Relative));
        Assert.Equal((429, 60.0), ((int)refused.StatusCode, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        Assert.Contains("RATE_LIMITED", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(60));
        await http.GetStringAsync("/api/v1/swarms");

        var native = await RawClient.ConnectAsync(new UriBuilder(hub.Server.Url) { Scheme = "ws", Path = "/ws/waggle" }.Uri);
        await native.HelloAsync();
        await native.SendAsync("""{"type":"swarm.list","id":"1"}""");
        await native.NextAsync("reply");
        await native.SendAsync("""{"type":"swarm.list","id":"2"}""");
        var error = await native.NextAsync("error");
        Assert.Equal(("2", "RATE_LIMITED", 60_000), (error.Text("id"), error.Text("code"), error.Number("retry_after_ms")));
    }
}
