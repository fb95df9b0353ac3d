using System.Text;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;
using Waggle.TestKit.Framing;

namespace Waggle.Server.Tests.Endpoints;

/// <summary>The two roads to a WebSocket, and the HTTP that shares its port with them.</summary>
public sealed class RoadTests : IAsyncLifetime
{
    private const string Hello = """{"type":"hello","id":"h","protocols":["waggle.v1"]}""";
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task What_is_sent_right_behind_the_request_is_not_lost(Road road)
    {
        byte[] behind = [.. ClientFrame.Of(ClientFrame.Text, Encoding.UTF8.GetBytes(Hello)), .. ClientFrame.Of(ClientFrame.Ping, "1"u8), .. ClientFrame.Of(ClientFrame.Ping, "2"u8)[..3]];
        using var client = await FrameClient.OpenAsync(_hub.Url, road, behind);
        Assert.Contains("\"welcome\"", Encoding.UTF8.GetString((await client.FrameAsync()).Payload), StringComparison.Ordinal);
        Assert.Equal("1", Encoding.UTF8.GetString((await client.FrameAsync()).Payload));
        await client.SendAsync(ClientFrame.Of(ClientFrame.Ping, "2"u8)[3..]);
        Assert.Equal("2", Encoding.UTF8.GetString((await client.FrameAsync()).Payload));
    }

    [Fact]
    public async Task A_request_may_come_byte_by_byte()
    {
        using var client = FrameClient.Connect(_hub.Url);
        foreach (var one in FrameClient.Request(_hub.Url)) await client.SendAsync(one.ToString());
        Assert.StartsWith("HTTP/1.1 101", await client.HeadAsync(), StringComparison.Ordinal);
        await client.SendAsync(ClientFrame.Of(ClientFrame.Ping, "x"u8));
        Assert.Equal(ClientFrame.Pong, (await client.FrameAsync()).Opcode);
    }

    [Fact]
    public async Task Plain_HTTP_is_answered_on_the_same_port_however_often_and_however_cut()
    {
        using var client = FrameClient.Connect(_hub.Url);
        for (var i = 0; i < 5; i++)
        {
            var request = $"GET /health/live HTTP/1.1\r\nHost: {_hub.Url.Authority}\r\n\r\n";
            foreach (var piece in request.Chunk(i == 0 ? 1 : 1000)) await client.SendAsync(new string(piece));
            Assert.StartsWith("HTTP/1.1 200", await client.HeadAsync(), StringComparison.Ordinal);
            Assert.Equal("live\n", await client.BodyAsync());
        }
    }

    [Fact]
    public async Task Requests_that_were_sent_without_waiting_are_each_answered()
    {
        using var client = FrameClient.Connect(_hub.Url);
        var request = $"GET /health/live HTTP/1.1\r\nHost: {_hub.Url.Authority}\r\n\r\n";
        await client.SendAsync(request + request + FrameClient.Request(_hub.Url));
        for (var i = 0; i < 2; i++)
        {
            Assert.StartsWith("HTTP/1.1 200", await client.HeadAsync(), StringComparison.Ordinal);
            await client.BodyAsync();
        }

        Assert.StartsWith("HTTP/1.1 101", await client.HeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", "426")]
    [InlineData("Sec-WebSocket-Version: 13\r\n", "", "426")]
    [InlineData("Upgrade: websocket\r\n", "", "426")]
    [InlineData("GET ", "POST ", "426")]
    [InlineData(FrameClient.Key, "short", "400")]
    [InlineData($"Sec-WebSocket-Key: {FrameClient.Key}\r\n", "", "400")]
    [InlineData("/ws/waggle", "/ws/other", "404")]
    public async Task What_is_wrong_with_a_request_is_said_in_HTTP(string said, string otherwise, string status)
    {
        var request = FrameClient.Request(_hub.Url);
        Assert.Contains(said, request, StringComparison.Ordinal);
        using var client = FrameClient.Connect(_hub.Url);
        await client.SendAsync(request.Replace(said, otherwise, StringComparison.Ordinal));
        var head = await client.HeadAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        if (status != "404") Assert.Contains("application/problem+json", head, StringComparison.Ordinal);
        Assert.Equal(status == "426", head.Contains("Sec-WebSocket-Version: 13\r\n", StringComparison.Ordinal));
        Assert.Equal(status == "426", head.Contains("Upgrade: websocket\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_head_without_end_is_refused_by_HTTP()
    {
        using var client = FrameClient.Connect(_hub.Url);
        await client.SendAsync($"GET /ws/waggle HTTP/1.1\r\nHost: {_hub.Url.Authority}\r\n");
        try
        {
            for (var i = 0; i < 60; i++) await client.SendAsync($"X-{i}: {new string('x', 1000)}\r\n");
        }
        catch (IOException)
        {
            // The hub refused the request before all of it was sent.
        }

        Assert.StartsWith("HTTP/1.1 431", await client.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_go_at_any_point_of_the_request_are_no_fault_of_the_hubs()
    {
        var request = FrameClient.Request(_hub.Url);
        await Gen.ForAllAsync(60, async gen =>
        {
            var client = FrameClient.Connect(_hub.Url);
            await client.SendAsync(request[..gen.Pick(0, 3, 100, request.Length, gen.Int(0, request.Length))]);
            if (gen.Bool()) await Task.Yield();
            if (gen.Bool()) client.Reset();
            else client.Dispose();
        });
        await (await _hub.ClientAsync()).EchoAsync();
    }

    [Fact]
    public async Task Connections_that_say_nothing_do_not_hold_up_the_hubs_end()
    {
        // The time for the head of a request is longer than the test waits: the hub's end does not wait for it.
        await using var hub = await TestHub.StartAsync(o => o with { Connections = new() { HandshakeTimeout = TimeSpan.FromHours(1) } });
        using var silent = FrameClient.Connect(hub.Url);
        using var halfway = FrameClient.Connect(hub.Url);
        await halfway.SendAsync("GET /ws/wag");
        using var upgraded = await FrameClient.OpenAsync(hub.Url);
        await (await hub.ClientAsync()).EchoAsync();
        await hub.Server.DisposeAsync().AsTask().WaitAsync(Eventually.Patience);
    }
}
