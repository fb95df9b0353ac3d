using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;
using Waggle.TestKit.Framing;
using Waggle.Transport.WebSockets;

namespace Waggle.Server.Tests.Endpoints;

/// <summary>The same hub over TLS, and as a stream of an HTTP/2 connection (RFC 8441), with TLS and without.</summary>
public sealed class SecureRoadTests : IAsyncLifetime
{
    private static readonly byte[] Unmasked = [0x81, 0x02, (byte)'h', (byte)'i'];

    private readonly TempFolder _folder = new();
    private WebApplication _app = null!;

    private Uri Secure => new(_app.Urls.Single(u => u.StartsWith("https:", StringComparison.Ordinal)));

    private Uri Plain => new(_app.Urls.Single(u => u.StartsWith("http:", StringComparison.Ordinal)));

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.UseHttps(TestCertificate.Localhost);
                endpoint.UseWaggleWebSockets();
            });
            kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http2;
                endpoint.UseWaggleWebSockets();
            });
        });
        builder.AddWaggle(new WaggleServerOptions { DataFolder = _folder.Path });
        _app = builder.Build();
        _app.MapWaggle(prefix: "");
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("1.1.7", Road.First)]
    [InlineData("1.1.7", Road.Second)]
    [InlineData("2.4", Road.First)]
    [InlineData("2.5", Road.First)]
    [InlineData("2.10", Road.Second)]
    [InlineData("5.19", Road.First)]
    [InlineData("5.18", Road.Second)]
    [InlineData("6.3.1", Road.First)]
    [InlineData("7.1.6", Road.First)]
    [InlineData("7.1.6", Road.Second)]
    [InlineData("7.7.13", Road.First)]
    [InlineData("7.9.1", Road.Second)]
    public async Task A_case_is_answered_over_TLS(string number, Road road)
    {
        using var client = await FrameClient.OpenAsync(Secure, road);
        await FramingCaseTests.AnsweredAsync(client, FramingCases.Get(number));
    }

    [Fact]
    public async Task What_is_sent_right_behind_the_request_is_not_lost_over_TLS()
    {
        using var client = await FrameClient.OpenAsync(Secure, behind: ClientFrame.Of(ClientFrame.Ping, "behind"u8));
        Assert.Equal("behind", Encoding.UTF8.GetString((await client.FrameAsync()).Payload));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_of_HTTP2_is_a_connection_like_any_other(bool secure)
    {
        using var handler = Handler();
        using var invoker = new HttpMessageInvoker(handler);
        var sockets = new List<ClientWebSocket>();
        for (var i = 0; i < 3; i++) sockets.Add(await ConnectAsync(secure, invoker));
        foreach (var socket in sockets)
        {
            await SendAsync(socket, """{"type":"hello","id":"h","protocols":["waggle.v1"]}""");
            Assert.Contains("welcome", await ReceiveAsync(socket), StringComparison.Ordinal);
            var large = new string('x', 300_000);
            await SendAsync(socket, $$"""{"type":"echo","id":"e","payload":"{{large}}"}""");
            Assert.Contains(large, await ReceiveAsync(socket), StringComparison.Ordinal);
        }

        foreach (var socket in sockets)
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None).WaitAsync(Eventually.Patience);
            Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
            socket.Dispose();
        }
    }

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task A_client_that_broke_the_protocol_reads_the_close_and_then_the_end_over_TLS(Road road)
    {
        using var client = await FrameClient.OpenAsync(Secure, road);
        await client.SendAsync(Unmasked);
        var (opcode, payload) = await client.FrameAsync();
        while (opcode != ClientFrame.Close) (opcode, payload) = await client.FrameAsync();
        Assert.Equal(CloseFrame.ProtocolError, BinaryPrimitives.ReadUInt16BigEndian(payload));
        await client.EndsInOrderAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_broke_the_protocol_reads_the_close_and_then_the_end_of_its_stream_over_HTTP2(bool secure)
    {
        using var handler = Handler();
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Connect, new Uri(secure ? Secure : Plain, "/ws/waggle")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Protocol = "websocket";
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        using var response = await Eventually.Get(invoker.SendAsync(request, CancellationToken.None), "the upgrade");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var stream = await response.Content.ReadAsStreamAsync();
        await stream.WriteAsync(Unmasked);
        await stream.FlushAsync();

        // The end of the stream, and no reset of it, without a close of the client's own.
        using var said = new MemoryStream();
        await stream.CopyToAsync(said).WaitAsync(Eventually.Patience);
        Assert.True(said.ToArray().AsSpan().IndexOf((ReadOnlySpan<byte>)[0x03, 0xea]) > 0, Convert.ToHexString(said.ToArray()));

        // The others of its connection go on.
        using var good = await ConnectAsync(secure, invoker);
        await SendAsync(good, """{"type":"hello","id":"h","protocols":["waggle.v1"]}""");
        Assert.Contains("welcome", await ReceiveAsync(good), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_UTF8_closes_its_stream_and_no_other()
    {
        using var handler = Handler();
        using var invoker = new HttpMessageInvoker(handler);
        using var good = await ConnectAsync(secure: true, invoker);
        using var bad = await ConnectAsync(secure: true, invoker);
        await bad.SendAsync(new byte[] { 0xff }, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await bad.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(Eventually.Patience);
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, bad.CloseStatus);
        await bad.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await SendAsync(good, """{"type":"hello","id":"h","protocols":["waggle.v1"]}""");
        Assert.Contains("welcome", await ReceiveAsync(good), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_HTTP_goes_on_over_TLS_in_either_version()
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var handler = Handler();
            using var http = new HttpClient(handler) { DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
            for (var i = 0; i < 3; i++) Assert.Equal("live\n", await http.GetStringAsync(new Uri(Secure, "/health/live")));
        }
    }

    private static SocketsHttpHandler Handler() => new()
    {
#pragma warning disable CA5359 // The certificate is this test's own.
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
    };

    private async Task<ClientWebSocket> ConnectAsync(bool secure, HttpMessageInvoker invoker)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.AddSubProtocol("waggle.v1");
        var url = new UriBuilder(secure ? Secure : Plain) { Scheme = secure ? "wss" : "ws", Path = "/ws/waggle" }.Uri;
        await socket.ConnectAsync(url, invoker, CancellationToken.None).WaitAsync(Eventually.Patience);
        Assert.Equal("waggle.v1", socket.SubProtocol);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WaitAsync(Eventually.Patience);

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var bytes = new List<byte>();
        var buffer = new byte[16 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Eventually.Patience);
            bytes.AddRange(buffer.AsSpan(0, part.Count));
        }
        while (!part.EndOfMessage);
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
