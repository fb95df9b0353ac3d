using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.AccessControl;

public class ConnectionLimitTests
{
    [Fact]
    public async Task A_full_hub_says_so_on_every_road_and_has_room_when_somebody_left()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Connections = new() { MaxConnections = 2 } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var first = await hub.ClientAsync();

        // A request that a proxy forwards goes through HTTP and not over the fast path.
        var second = await hub.ConnectAsync(o => o.SetRequestHeader("X-Forwarded-Proto", "http"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await RefusedAsync(hub, null));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await RefusedAsync(hub, "X-Forwarded-Proto"));
        foreach (var send in new[] { () => http.GetAsync("/api/v1/events"), () => http.PostAsync("/api/v1/leases", new StringContent("""{"agent":"a","secret":"0123456789abcdef"}""")) })
        {
            using var answer = await send();
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Equal(5, answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
            var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal("HUB_FULL", problem.Text("code"));
            Assert.Contains("2 clients", problem.Text("detail"), StringComparison.Ordinal);
        }

        // A request that is answered at once needs no place, and connected clients are not affected.
        Assert.Equal(4, await http.FigureAsync("waggle_hub_refused_total{code=\"HUB_FULL\"}"));
        await first.EchoAsync();
        await second.CloseAsync();
        await Eventually.Async(async () => await RefusedAsync(hub, null) is null, "a place is free");
    }

    [Fact]
    public async Task Each_connection_is_shown_with_its_road()
    {
        await using var hub = await TestHub.StartAsync();
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var client = await hub.ClientAsync();
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.a\",\"app.b\"]");
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.c\"]");
        await hub.ConnectAsync(o => o.SetRequestHeader("X-Forwarded-Proto", "http"));
        using var stream = await http.GetAsync("/api/v1/events", HttpCompletionOption.ResponseHeadersRead);

        // A connection is shown from the start of its session, which comes a moment after the answer to its upgrade.
        JsonElement[] shown = [];
        await Eventually.Async(
            async () =>
            {
                shown = [.. JsonDocument.Parse(await http.GetStringAsync("/api/v1/connections")).RootElement.GetProperty("connections").EnumerateArray()];
                return shown.Length == 3;
            },
            "three connections");
        Assert.Equal(
            ["event_stream pipe False 1", "websocket socket False 2", "websocket stream False 0"],
            shown.Select(c => $"{c.Text("kind")} {c.Text("road")} {c.GetProperty("tls").GetBoolean()} {c.Number("subscriptions")}").Order(StringComparer.Ordinal));
        Assert.Equal(1, await http.FigureAsync("waggle_hub_clients{kind=\"websocket\",road=\"socket\"}"));
    }

    [Fact]
    public async Task A_head_that_drips_is_ended_in_words_and_one_that_never_begins_without()
    {
        var time = new FakeTime();
        await using var hub = await TestHub.StartAsync(o => o with { Time = time });
        var client = await hub.ClientAsync();
        using var slow = new TcpClient();
        using var silent = new TcpClient();
        await slow.ConnectAsync(hub.Server.Url.Host, hub.Server.Url.Port);
        await silent.ConnectAsync(hub.Server.Url.Host, hub.Server.Url.Port);
        await slow.GetStream().WriteAsync("GET /ws/waggle HTTP/1.1\r\nHost: "u8.ToArray());
        var said = new StreamReader(slow.GetStream(), Encoding.ASCII).ReadToEndAsync();
        var nothing = new StreamReader(silent.GetStream(), Encoding.ASCII).ReadToEndAsync();
        await client.EchoAsync();
        await time.AdvanceUntilAsync(() => said.IsCompleted && nothing.IsCompleted, TimeSpan.FromSeconds(1), "both are ended");
        Assert.StartsWith("HTTP/1.1 408", await said, StringComparison.Ordinal);
        Assert.Contains("\"detail\":\"The head of the request did not come whole within 10 s.\",\"code\":\"REQUEST_TIMEOUT\"", await said, StringComparison.Ordinal);
        Assert.Equal("", await nothing);
    }

    [Fact]
    public async Task The_head_of_a_later_request_has_the_same_time()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Connections = new() { HandshakeTimeout = TimeSpan.FromMilliseconds(500) } });
        using var slow = new TcpClient();
        await slow.ConnectAsync(hub.Server.Url.Host, hub.Server.Url.Port);
        await slow.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /ws/waggle HTTP/1.1\r\nHost:"u8.ToArray());
        var said = await new StreamReader(slow.GetStream(), Encoding.ASCII).ReadToEndAsync().WaitAsync(Eventually.Patience);
        Assert.StartsWith("HTTP/1.1 200", said, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 408", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_over_its_budget_is_not_read_for_a_while_and_loses_nothing()
    {
        var time = new FakeTime();
        await using var hub = await TestHub.StartAsync(o => o with { Time = time, Connections = new() { Inbound = new() { FramesPerSecond = 10 } } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var flood = await hub.ClientAsync();
        for (var i = 0; i < 200; i++) await flood.SendAsync($$"""{"type":"echo","id":"{{i}}","payload":{{i}}}""");
        await Eventually.Async(async () => await http.FigureAsync("waggle_wire_pauses_total") > 0, "it is not read");

        // The other clients are not affected, and the client's heartbeat counts while the hub does not read it.
        var other = await hub.ClientAsync();
        await other.EchoAsync();
        var reading = ReadAsync();
        await time.AdvanceUntilAsync(() => reading.IsCompleted, TimeSpan.FromMilliseconds(250), "all are answered");
        await reading;
        Assert.True(flood.IsOpen);

        async Task ReadAsync()
        {
            for (var i = 0; i < 200; i++) Assert.Equal($"{i}", (await flood.NextAsync("reply")).Text("id"));
        }
    }

    [Fact]
    public async Task Bytes_have_a_budget_too()
    {
        var time = new FakeTime();
        await using var hub = await TestHub.StartAsync(o => o with { Time = time, Connections = new() { Inbound = new() { BytesPerSecond = 50_000 } } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var client = await hub.ClientAsync();
        await client.SendAsync($$"""{"type":"echo","id":"1","payload":"{{new string('x', 200_000)}}"}""");
        var answer = client.NextAsync("reply");
        await Eventually.Async(async () => await http.FigureAsync("waggle_wire_pauses_total") > 0, "it is not read");
        await time.AdvanceUntilAsync(() => answer.IsCompleted, TimeSpan.FromMilliseconds(250), "the answer");
        Assert.Equal(200_000, (await answer).GetProperty("result").GetString()!.Length);
    }

    [Fact]
    public async Task What_comes_and_goes_is_counted_on_every_road()
    {
        await using var hub = await TestHub.StartAsync();
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        foreach (var header in new[] { null, "X-Forwarded-Proto" })
        {
            var before = await ReadAsync();
            var client = await hub.ConnectAsync(o => Add(o, header));
            await client.HelloAsync();
            await client.EchoAsync();
            await client.CloseAsync();
            await Eventually.Async(async () => (await ReadAsync()).In == before.In + 2, "two messages came");
            var after = await ReadAsync();
            Assert.Equal(2, after.Out - before.Out);
            Assert.InRange(after.BytesIn - before.BytesIn, 80, 300);
            Assert.InRange(after.BytesOut - before.BytesOut, 100, 600);
        }

        async Task<(double In, double Out, double BytesIn, double BytesOut)> ReadAsync() => (
            await http.FigureAsync("waggle_wire_messages_in_total"),
            await http.FigureAsync("waggle_wire_messages_out_total"),
            await http.FigureAsync("waggle_wire_received_bytes_total"),
            await http.FigureAsync("waggle_wire_sent_bytes_total"));
    }

    [Fact]
    public async Task A_record_is_timed_from_its_commit_to_the_wire()
    {
        await using var hub = await TestHub.StartAsync();
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var client = await hub.ClientAsync();
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.x\"]");
        await client.SendAsync("""{"type":"publish","topic":"app.x","data":1}""");
        await client.NextAsync("record");
        await Eventually.Async(async () => await http.FigureAsync("waggle_delivery_latency_seconds_count") >= 1, "it is measured");
        Assert.True(await http.FigureAsync("waggle_delivery_latency_seconds_sum") > 0);
        Assert.True(await http.FigureAsync("waggle_delivery_batch_duration_seconds_count") >= 1);
        Assert.Equal(0, await http.FigureAsync("waggle_delivery_backlog"));
        Assert.Equal(0, await http.FigureAsync("waggle_agent_online"));
        await hub.WorkerAsync("w1");
        await Eventually.Async(async () => await http.FigureAsync("waggle_agent_online") == 1, "the agent is counted");
    }

    // Null: it came in, and left again.
    private static async Task<HttpStatusCode?> RefusedAsync(TestHub hub, string? header)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        Add(socket.Options, header);
        try
        {
            await socket.ConnectAsync(hub.Url, CancellationToken.None).WaitAsync(Eventually.Patience);
            return null;
        }
        catch (WebSocketException)
        {
            Assert.True(socket.HttpResponseHeaders!.ContainsKey("Retry-After"));
            return socket.HttpStatusCode;
        }
    }

    private static void Add(ClientWebSocketOptions options, string? header)
    {
        if (header is not null) options.SetRequestHeader(header, "http");
    }
}
