using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class PollingTests
{
    [Fact]
    public async Task Several_packets_are_received_and_sent_in_one_request()
    {
        await using var server = await EchoAsync();
        var client = await server.PollAsync();
        await client.SendAsync("40");
        Assert.StartsWith("40{\"sid\":\"", await client.GetAsync(), StringComparison.Ordinal);
        await client.SendAsync("""42["echo",1]|42["echo","é"]|451-["echo",{"_placeholder":true,"num":0}]|bAQIDBA==""");
        Assert.Equal("""42["echo",1]|42["echo","é"]|451-["echo",{"_placeholder":true,"num":0}]|bAQIDBA==""", await client.GetAsync());
    }

    [Fact]
    public async Task A_response_may_consist_of_one_event_with_bytes()
    {
        await using var server = await EchoAsync();
        var client = await JoinAsync(server);
        server.Io.Emit("bytes", new byte[] { 1, 2, 3, 4 });
        Assert.Equal("""451-["bytes",{"_placeholder":true,"num":0}]|bAQIDBA==""", await client.GetAsync());
    }

    [Fact]
    public async Task A_request_waits_until_there_is_a_packet()
    {
        await using var server = await EchoAsync();
        var client = await JoinAsync(server);
        var waiting = client.GetAsync();
        Assert.False(waiting.IsCompleted);
        server.Io.Emit("news", 1);
        Assert.Equal("""42["news",1]""", await waiting);
    }

    [Fact]
    public async Task A_second_request_at_the_same_time_ends_the_session()
    {
        await using var server = await EchoAsync();
        var reasons = Reasons(server);
        var client = await JoinAsync(server);
        var first = client.GetAsync();
        await Eventually.Async(() => server.Io.FetchSockets()[0].Client.Session.IsWritable, "the first request waits");
        Assert.Equal(HttpStatusCode.BadRequest, await client.StatusAsync());
        Assert.Equal("1", await first);
        Assert.Equal(HttpStatusCode.BadRequest, await client.StatusAsync());
        Assert.Equal(DisconnectReasons.TransportError, await Eventually.Get(reasons.Task));
    }

    [Fact]
    public async Task An_aborted_request_ends_the_session()
    {
        await using var server = await EchoAsync();
        var reasons = Reasons(server);
        var client = await JoinAsync(server);
        using var give = new CancellationTokenSource();
        var waiting = client.AskAsync(give.Token);
        await Eventually.Async(() => server.Io.FetchSockets()[0].Client.Session.IsWritable, "the request waits");
        await give.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(DisconnectReasons.TransportError, await Eventually.Get(reasons.Task));
        Assert.Equal(HttpStatusCode.BadRequest, await client.StatusAsync());
    }

    [Fact]
    public async Task A_close_answers_the_request_that_waits()
    {
        await using var server = await EchoAsync();
        var reasons = Reasons(server);
        var client = await JoinAsync(server);
        var waiting = client.GetAsync();
        await Eventually.Async(() => server.Io.FetchSockets()[0].Client.Session.IsWritable, "the request waits");
        await client.SendAsync("1");
        Assert.Equal("6", await waiting);
        Assert.Equal(DisconnectReasons.TransportClose, await Eventually.Get(reasons.Task));
        Assert.Equal(HttpStatusCode.BadRequest, await client.StatusAsync());
        Assert.Equal(0, server.Io.ClientsCount);
    }

    [Fact]
    public async Task A_client_that_is_disconnected_between_two_requests_receives_its_last_packets_with_the_next()
    {
        await using var server = await EchoAsync();
        var client = await JoinAsync(server);
        var socket = Assert.Single(server.Io.FetchSockets());
        socket.Emit("bye");
        socket.Disconnect(close: true);
        Assert.Equal("""42["bye"]|41""", await client.GetAsync());
        Assert.Equal("1", await client.GetAsync());
        Assert.Equal(HttpStatusCode.BadRequest, await client.StatusAsync());
        Assert.Equal(0, server.Io.ClientsCount);
    }

    [Fact]
    public async Task Last_packets_that_the_client_does_not_fetch_are_removed()
    {
        await using var server = await EchoAsync(o => o.CloseTimeout = TimeSpan.FromMilliseconds(50));
        await JoinAsync(server);
        Assert.Single(server.Io.FetchSockets()).Disconnect(close: true);
        await Eventually.Async(() => server.Io.ClientsCount == 0, "the session is forgotten");
    }

    [Theory]
    [InlineData("abc", 400)]
    [InlineData("", 400)]
    [InlineData("4", 400)]
    [InlineData("3||3", 400)]
    [InlineData("b*", 400)]
    [InlineData("2", 400)]
    [InlineData("42[\"a\"]|", 400)]
    [InlineData("4abc", 400)]
    [InlineData("42{}", 400)]
    public async Task An_invalid_body_ends_the_session(string body, int status)
    {
        await using var server = await EchoAsync();
        var client = await JoinAsync(server);
        using var answer = await client.PostAsync(body);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, await client.StatusAsync());
        Assert.Empty(server.Io.FetchSockets());
    }

    [Fact]
    public async Task A_binary_body_is_rejected()
    {
        await using var server = await EchoAsync();
        var client = await JoinAsync(server);
        using var answer = await client.PostAsync("4a", "application/octet-stream");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_not_UTF_8_ends_the_session()
    {
        await using var server = await EchoAsync();
        var client = await JoinAsync(server);
        using var answer = await server.Http.PostAsync(client.Url, new ByteArrayContent([(byte)'4', (byte)'2', (byte)'[', (byte)'"', 0xff, (byte)'"', (byte)']']));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_rejected_with_413(bool lengthIsKnown)
    {
        await using var server = await EchoAsync(o => o.MaxHttpBufferSize = 1000);
        var client = await JoinAsync(server);
        using var fits = await client.PostAsync($"42[\"echo\",\"{new string('x', 900)}\"]");
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        HttpContent content = new ByteArrayContent(Encoding.UTF8.GetBytes($"42[\"echo\",\"{new string('x', 5000)}\"]"));
        if (!lengthIsKnown) content = new Unsized(content);
        using var answer = await server.Http.PostAsync(client.Url, content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, await client.StatusAsync());
    }

    [Fact]
    public async Task Long_responses_are_compressed_for_clients_that_accept_it()
    {
        await using var server = await EchoAsync();
        var client = await JoinAsync(server);
        var text = new string('x', 5000);
        server.Io.Emit("long", text);
        using var ask = new HttpRequestMessage(HttpMethod.Get, client.Url);
        ask.Headers.AcceptEncoding.Add(StringWithQualityHeaderValue.Parse("gzip"));
        using var answer = await server.Http.SendAsync(ask);
        Assert.Equal(["gzip"], answer.Content.Headers.ContentEncoding);
        await using var unzip = new GZipStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(unzip);
        Assert.Equal($"42[\"long\",\"{text}\"]", await reader.ReadToEndAsync());
        server.Io.Emit("short");
        using var plain = new HttpRequestMessage(HttpMethod.Get, client.Url);
        plain.Headers.AcceptEncoding.Add(StringWithQualityHeaderValue.Parse("gzip"));
        using var uncompressed = await server.Http.SendAsync(plain);
        Assert.Empty(uncompressed.Content.Headers.ContentEncoding);
        Assert.Equal("no-store", uncompressed.Headers.CacheControl!.ToString());
        Assert.Equal("text/plain; charset=UTF-8", uncompressed.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task A_polling_client_that_sends_no_pong_is_disconnected()
    {
        await using var server = await EchoAsync(o => (o.PingInterval, o.PingTimeout) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2)));
        var reasons = Reasons(server);
        var client = await server.PollAsync();
        await client.SendAsync("40");
        await client.GetAsync();
        Assert.Equal("2", await client.GetAsync());
        await client.SendAsync("3");
        Assert.Equal("2", await client.GetAsync());
        Assert.Equal(DisconnectReasons.PingTimeout, await Eventually.Get(reasons.Task));
        Assert.Equal(HttpStatusCode.BadRequest, await client.StatusAsync());
    }

    [Fact]
    public async Task The_queue_of_a_client_that_does_not_poll_is_bounded()
    {
        await using var server = await EchoAsync(o => o.MaxQueuedPackets = 100);
        var reasons = Reasons(server);
        await JoinAsync(server);
        for (var i = 0; i < 101; i++) server.Io.Emit("news", i);
        Assert.Equal(DisconnectReasons.SlowClient, await Eventually.Get(reasons.Task));
        Assert.Equal(0, server.Io.ClientsCount);
    }

    private static Task<SioServer> EchoAsync(Action<SocketIOOptions>? configure = null) =>
        SioServer.StartAsync(configure, io => io.Main.On("echo", e => e.Socket.Emit("echo", e.Args)));

    private static async Task<RawPolling> JoinAsync(SioServer server)
    {
        var client = await server.PollAsync();
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.GetAsync(), StringComparison.Ordinal);
        return client;
    }

    private static TaskCompletionSource<string> Reasons(SioServer server)
    {
        var reason = new TaskCompletionSource<string>();
        server.Io.OnConnection(socket => socket.OnDisconnect(why => reason.TrySetResult(why)));
        return reason;
    }

    private sealed class Unsized(HttpContent content) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => content.CopyToAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
