using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using Waggle.Server.Tests.Support;
using Waggle.TestKit.Framing;

namespace Waggle.Server.Tests.Endpoints;

/// <summary>permessage-deflate (RFC 7692) from the offer to the frames, over both paths, with the client of the base library and with bytes.</summary>
public sealed class CompressionTests : IAsyncLifetime
{
    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData(10)]
    [InlineData(1024)]
    [InlineData(70_000)]
    [InlineData(900_000)]
    public async Task The_client_of_the_base_library_reads_and_writes_compressed_messages(int size)
    {
        var client = await _hub.ConnectAsync(o => o.DangerousDeflateOptions = new WebSocketDeflateOptions());
        Assert.Contains("permessage-deflate", client.Socket.HttpResponseHeaders!["Sec-WebSocket-Extensions"].Single(), StringComparison.Ordinal);
        await client.HelloAsync();
        var text = string.Concat(Enumerable.Range(0, size).Select(i => (char)('a' + (i % 7))));
        var reply = await client.AskAsync($"\"type\":\"echo\",\"payload\":\"{text}\"");
        Assert.Equal(text, reply.GetProperty("result").GetString());
    }

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task Long_messages_are_compressed_and_short_ones_are_not(Road road)
    {
        using var client = await FrameClient.OpenAsync(_hub.Url, road, more: Offer);
        await client.SendAsync(Frame("""{"type":"hello","protocols":["waggle.v1"]}"""));
        var (welcome, _, _) = await client.AnyFrameAsync();
        Assert.Equal(0x81, welcome);
        var text = new string('a', 5000);
        await client.SendAsync(Frame($$"""{"type":"echo","id":"e","payload":"{{text}}"}"""));
        var (first, payload, _) = await client.AnyFrameAsync();
        Assert.Equal(0xc1, first);
        Assert.True(payload.Length < 200);
        Assert.Contains(text, Inflate(payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_offers_nothing_gets_no_compression()
    {
        using var client = await FrameClient.OpenAsync(_hub.Url);
        await client.SendAsync(Frame("""{"type":"hello","protocols":["waggle.v1"]}"""));
        await client.FrameAsync();
        await client.SendAsync(Frame($$"""{"type":"echo","id":"e","payload":"{{new string('a', 5000)}}"}"""));
        Assert.True((await client.FrameAsync()).Payload.Length > 5000);
    }

    [Fact]
    public async Task Hub_without_compression_declines_the_offer()
    {
        await using var plain = await TestHub.StartAsync(o => o with { Compression = false });
        using var client = FrameClient.Connect(plain.Url);
        await client.SendAsync(FrameClient.Request(plain.Url, Offer));
        Assert.DoesNotContain("Extensions", await client.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bomb_is_refused_as_a_message_that_is_too_long()
    {
        using var client = await FrameClient.OpenAsync(_hub.Url, more: Offer);
        await client.SendAsync(Frame("""{"type":"hello","protocols":["waggle.v1"]}"""));
        await client.AnyFrameAsync();
        await client.SendAsync(ClientFrame.Of(ClientFrame.Text, Deflate(new byte[8 * 1024 * 1024]), reserved: 4));
        var (_, refusal, _) = await client.AnyFrameAsync();
        Assert.Contains("TOO_LARGE", Encoding.UTF8.GetString(refusal), StringComparison.Ordinal);
        Assert.Contains("\"bye\"", Encoding.UTF8.GetString((await client.AnyFrameAsync()).Payload), StringComparison.Ordinal);
        Assert.Equal(1009, await client.ClosedAsync());
    }

    private static byte[] Frame(string text) => ClientFrame.Of(ClientFrame.Text, Encoding.UTF8.GetBytes(text));

    private static string Inflate(byte[] compressed)
    {
        using var input = new MemoryStream([.. compressed, 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff]);
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        using var reader = new StreamReader(inflate);
        return reader.ReadToEnd();
    }

    private static byte[] Deflate(byte[] bytes)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.SmallestSize);
        deflate.Write(bytes);
        deflate.Flush();
        return output.ToArray()[..^4];
    }
}
