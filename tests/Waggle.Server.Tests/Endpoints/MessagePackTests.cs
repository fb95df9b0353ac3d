using System.Text.Json.Nodes;
using MessagePack;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.TestKit.Framing;

namespace Waggle.Server.Tests.Endpoints;

/// <summary>MessagePack by subprotocol, from the request to the frames, over both paths. The library's own conversion to JSON reads the frames.</summary>
public sealed class MessagePackTests : IAsyncLifetime
{
    private const string Offer = "Sec-WebSocket-Protocol: waggle.v1, waggle.v1+msgpack\r\n";
    private const byte BinaryMessage = 0x82;

    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task The_same_record_arrives_in_both_forms(Road road)
    {
        using var packed = await GreetAsync(road);
        await SendAsync(packed, """{"type":"subscribe","id":"1","topics":["task.#"]}""");
        Assert.Equal("reply", (string?)(await NextAsync(packed))["type"]);
        var text = await _hub.ClientAsync();
        await text.AskAsync("\"type\":\"subscribe\",\"topics\":[\"task.#\"]");
        await SendAsync(packed, """{"type":"task.create","id":"2","tasks":[{"title":"漢 \"é\" 😀","input":{"n":[1,2.5,-7,18446744073709551615,null,true]}}]}""");
        var messages = new[] { await NextAsync(packed), await NextAsync(packed) };
        var record = messages.Single(m => (string?)m["type"] == "record");
        var told = JsonNode.Parse((await text.NextAsync("record")).GetRawText());
        Assert.True(JsonNode.DeepEquals(told, record), $"{told?.ToJsonString()}\n{record.ToJsonString()}");
    }

    [Fact]
    public async Task Records_that_wait_together_are_an_array()
    {
        using var client = await GreetAsync(more: ",\"batch\":true");
        await SendAsync(client, """{"type":"subscribe","id":"1","topics":["task.*.created"],"batch":{"max":3,"ms":500}}""");
        await NextAsync(client);
        var writer = await _hub.ClientAsync();
        await writer.AskAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"1\"},{\"title\":\"2\"},{\"title\":\"3\"}]");
        var (_, payload) = await client.FrameAsync();
        var array = JsonNode.Parse(MessagePackSerializer.ConvertToJson(payload))!.AsArray();
        Assert.Equal(["1", "2", "3"], array.Select(r => (string?)r!["data"]!["title"]));
    }

    [Theory]
    [InlineData("ddffffffff")]
    [InlineData("dbffffffff61")]
    [InlineData("c403010203")]
    [InlineData("810102")]
    [InlineData("")]
    [InlineData("c0c0")]
    public async Task A_wrong_frame_is_an_error_and_the_connection_goes_on(string hex)
    {
        using var client = await GreetAsync();
        await client.SendAsync(ClientFrame.Of(ClientFrame.Binary, Convert.FromHexString(hex)));
        Assert.Equal(("error", ErrorCodes.MalformedMessage), Of(await NextAsync(client)));
        await GoesOnAsync(client);
    }

    [Fact]
    public async Task A_depth_bomb_is_an_error_and_the_connection_goes_on()
    {
        using var client = await GreetAsync();
        var bomb = new byte[500_000];
        bomb.AsSpan().Fill(0x91);
        await client.SendAsync(ClientFrame.Of(ClientFrame.Binary, bomb));
        Assert.Equal(("error", ErrorCodes.MalformedMessage), Of(await NextAsync(client)));
        await GoesOnAsync(client);
    }

    [Fact]
    public async Task Text_is_an_error_and_the_connection_goes_on()
    {
        using var client = await GreetAsync();
        await client.SendAsync(ClientFrame.Of(ClientFrame.Text, """{"type":"echo","id":"1","payload":1}"""u8));
        Assert.Equal(("error", ErrorCodes.MalformedMessage), Of(await NextAsync(client)));
        await GoesOnAsync(client);
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_the_connection()
    {
        using var client = await GreetAsync();
        await client.SendAsync(ClientFrame.Of(ClientFrame.Binary, new byte[Limits.MaxMessageBytes + 1]));
        Assert.Equal(("error", ErrorCodes.TooLarge), Of(await NextAsync(client)));
        Assert.Equal("bye", (string?)(await NextAsync(client))["type"]);
        Assert.Equal(CloseCodes.MessageTooBig, await client.ClosedAsync());
    }

    [Fact]
    public async Task A_client_that_does_not_offer_it_gets_text()
    {
        using var client = FrameClient.Connect(_hub.Url);
        await client.SendAsync(FrameClient.Request(_hub.Url, "Sec-WebSocket-Protocol: waggle.v1\r\n"));
        Assert.Contains("Sec-WebSocket-Protocol: waggle.v1\r\n", await client.HeadAsync(), StringComparison.Ordinal);
        await client.SendAsync(ClientFrame.Of(ClientFrame.Text, """{"type":"hello","protocols":["waggle.v1"]}"""u8));
        Assert.Equal(ClientFrame.Text, (await client.FrameAsync()).Opcode);
    }

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task The_answer_names_the_subprotocol(Road road)
    {
        using var client = FrameClient.Connect(_hub.Url);
        if (road == Road.Second)
        {
            await client.SendAsync($"GET /health/live HTTP/1.1\r\nHost: {_hub.Url.Authority}\r\n\r\n");
            await client.HeadAsync();
            await client.BodyAsync();
        }

        await client.SendAsync(FrameClient.Request(_hub.Url, Offer));
        Assert.Contains("Sec-WebSocket-Protocol: waggle.v1+msgpack\r\n", await client.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_of_claude_flow_get_it_by_a_subprotocol_of_their_own()
    {
        using var client = await FrameClient.OpenAsync(_hub.Url, path: "/ws/claude-flow", more: "Sec-WebSocket-Protocol: claude-flow+msgpack\r\n");
        Assert.Equal("version-negotiation", (string?)(await NextAsync(client))["type"]);
        await SendAsync(client, """{"id":"m1","type":"subscribe","version":"1.0.0","timestamp":1,"topics":["task.#"]}""");
        Assert.Equal("ack", (string?)(await NextAsync(client))["type"]);
        var writer = await _hub.ClientAsync();
        await writer.AskAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"1\",\"type\":\"review\"}]");
        var told = await NextAsync(client);
        Assert.Equal(("event", "review"), ((string?)told["type"], (string?)told["data"]!["type"]));
    }

    private static (string?, string?) Of(JsonNode message) => ((string?)message["type"], (string?)message["code"]);

    private async Task<FrameClient> GreetAsync(Road road = Road.First, string more = "")
    {
        var client = await FrameClient.OpenAsync(_hub.Url, road, more: Offer);
        await SendAsync(client, $$"""{"type":"hello","protocols":["waggle.v1"]{{more}}}""");
        Assert.Equal("welcome", (string?)(await NextAsync(client))["type"]);
        return client;
    }

    private static async Task GoesOnAsync(FrameClient client)
    {
        await SendAsync(client, """{"type":"echo","id":"e","payload":[1,"two"]}""");
        Assert.Equal("[1,\"two\"]", (await NextAsync(client))["result"]!.ToJsonString());
    }

    private static Task SendAsync(FrameClient client, string json) =>
        client.SendAsync(ClientFrame.Of(ClientFrame.Binary, MessagePackSerializer.ConvertFromJson(json)));

    private static async Task<JsonNode> NextAsync(FrameClient client)
    {
        var (first, payload, _) = await client.AnyFrameAsync();
        Assert.Equal(BinaryMessage, first);
        return JsonNode.Parse(MessagePackSerializer.ConvertToJson(payload))!;
    }
}
