using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;
using Waggle.TestKit.Framing;

namespace Waggle.Server.Tests.Endpoints;

/// <summary>Clients that send random bytes, beside one that is correct. WAGGLE_FUZZ_SECONDS prolongs it.</summary>
public sealed class RubbishTests
{
    private const string Hello = """{"type":"hello","protocols":["waggle.v1"]}""";

    [Fact]
    public async Task Whatever_others_send_nobody_loses_a_message_and_no_connection_stays()
    {
        await using var hub = await TestHub.StartAsync();
        var good = await hub.ClientAsync();
        await good.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.good\"]");
        var said = 0;
        await Gen.FuzzAsync(60, async gen =>
        {
            await MisbehaveAsync(hub, gen);
            await good.SendAsync($$"""{"type":"publish","topic":"app.good","data":{{++said}}}""");
            var record = await good.NextAsync("record");
            Assert.Equal(said, record.GetProperty("data").GetInt32());
        });

        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        await Eventually.Async(async () => (await http.GetFromJsonAsync<JsonElement>("/api/v1/connections")).GetProperty("count").GetInt32() == 1, "the end of all connections but one");
        await good.EchoAsync();
    }

    private static async Task MisbehaveAsync(TestHub hub, Gen gen)
    {
        using var bad = gen.Bool(0.8) ? await FrameClient.OpenAsync(hub.Url, gen.Pick(Road.First, Road.Second)) : FrameClient.Connect(hub.Url);
        try
        {
            foreach (var piece in gen.List(1, 6, () => Piece(gen))) await bad.SendAsync(piece);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The hub has had enough of it.
        }

        if (gen.Bool()) bad.Reset();
    }

    private static byte[] Piece(Gen gen) => gen.Int(0, 6) switch
    {
        0 => Noise(gen, gen.Int(1, 3000)),
        1 => ClientFrame.Of(gen.Int(0, 15), Noise(gen, gen.Int(0, 200)), gen.Bool(), gen.Bool(0.2) ? gen.Int(1, 7) : 0),
        2 => ClientFrame.Head(gen.Int(0, 2), gen.Pick(1L << 20, 1L << 40, long.MaxValue, 70_000)),
        3 => ClientFrame.Of(ClientFrame.Text, Encoding.UTF8.GetBytes(Hello)),
        4 => ClientFrame.Of(ClientFrame.Text, Damaged(gen)),
        5 => ClientFrame.Of(ClientFrame.Text, Encoding.UTF8.GetBytes(gen.Text(0, 60)), final: gen.Bool()),
        _ => ClientFrame.Of(ClientFrame.Close, gen.Bool() ? [] : Noise(gen, gen.Int(1, 60))),
    };

    private static byte[] Damaged(Gen gen)
    {
        var text = Encoding.UTF8.GetBytes(gen.Pick(
            Hello, """{"type":"subscribe","id":"1","topics":["#"]}""", """{"type":"task.create","id":"2","tasks":[{"title":"x"}]}""", """[{"type":"echo","id":"3","payload":{"a":[1,2,{"b":null}]}}]"""));
        for (var times = gen.Int(1, 3); times > 0; times--) text[gen.Int(0, text.Length - 1)] = (byte)gen.Int(0, 255);
        return text;
    }

    private static byte[] Noise(Gen gen, int length)
    {
        var bytes = new byte[length];
        gen.Dice.NextBytes(bytes);
        return bytes;
    }
}
