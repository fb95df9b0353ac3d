using System.Net;
using System.Net.WebSockets;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.EngineIO;

/// <summary>By the road that is always there.</summary>
public class WebSocketTests
{
    private protected virtual bool FastPath => false;

    [Fact]
    public async Task Pings_are_sent_one_interval_after_each_pong()
    {
        await using var server = await StartAsync(Fast);
        await using var socket = await server.JoinAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("2", await socket.ReadAsync(tellPings: true));
            await socket.SendAsync("3");
        }
    }

    [Fact]
    public async Task A_WebSocket_client_that_sends_no_pong_is_disconnected()
    {
        await using var server = await StartAsync(Fast);
        var reason = Reason(server);
        await using var socket = await server.JoinAsync();
        await socket.UntilClosedAsync();
        Assert.Equal(DisconnectReasons.PingTimeout, await Eventually.Get(reason.Task));
    }

    [Theory]
    [InlineData("1", DisconnectReasons.TransportClose)]
    [InlineData("2", DisconnectReasons.TransportError)]
    [InlineData("2probe", DisconnectReasons.TransportError)]
    [InlineData("abc", DisconnectReasons.ParseError)]
    [InlineData("", DisconnectReasons.ParseError)]
    [InlineData("4", DisconnectReasons.ParseError)]
    [InlineData("4abc", DisconnectReasons.ParseError)]
    [InlineData("42{}", DisconnectReasons.ParseError)]
    [InlineData("42abc[\"a\"]", DisconnectReasons.ParseError)]
    [InlineData("42/nobody,[\"a\"]", DisconnectReasons.ParseError)]
    [InlineData("40", DisconnectReasons.ParseError)]
    [InlineData("43[]", DisconnectReasons.ParseError)]
    [InlineData("42[\"disconnect\"]", DisconnectReasons.ParseError)]
    public async Task A_client_that_violates_the_protocol_is_disconnected_and_no_other(string text, string reason)
    {
        await using var server = await StartAsync(setup: io => io.Main.On("echo", e => e.Socket.Emit("echo", e.Args)));
        await using var other = await server.JoinAsync();
        var why = Reason(server);
        await using var socket = await server.JoinAsync();
        await socket.SendAsync(text);
        await socket.UntilClosedAsync();
        Assert.Equal(reason, await Eventually.Get(why.Task));
        await other.SendAsync("""42["echo",1]""");
        Assert.Equal("""42["echo",1]""", await other.ReadAsync());
    }

    [Fact]
    public async Task A_message_that_is_too_large_ends_the_connection_with_1009()
    {
        await using var server = await StartAsync(o => o.MaxHttpBufferSize = 1000);
        await using var socket = await server.JoinAsync();
        await socket.SendAsync($"42[\"a\",\"{new string('x', 1000)}\"]");
        await socket.UntilClosedAsync();
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
    }

    [Fact]
    public async Task Attachments_must_follow_their_packet_immediately()
    {
        await using var server = await StartAsync();
        await using (var early = await server.JoinAsync())
        {
            await early.SendAsync([1, 2]);
            await early.UntilClosedAsync();
        }

        await using var late = await server.JoinAsync();
        await late.SendAsync("""451-["a",{"_placeholder":true,"num":0}]""");
        await late.SendAsync("""42["b"]""");
        await late.UntilClosedAsync();
    }

    [Fact]
    public async Task A_client_that_left_its_last_namespace_is_disconnected_after_a_time()
    {
        await using var server = await StartAsync(o => o.ConnectTimeout = TimeSpan.FromSeconds(2));
        await using var socket = await server.JoinAsync();
        await socket.SendAsync("41");
        await socket.UntilClosedAsync();
        Assert.Equal(0, server.Io.ClientsCount);
    }

    [Fact]
    public async Task A_packet_whose_attachments_never_arrive_ends_the_connection()
    {
        await using var server = await StartAsync(Fast);
        var reason = Reason(server);
        await using var socket = await server.JoinAsync();
        await socket.SendAsync("""451-["a",{"_placeholder":true,"num":0}]""");
        while (await socket.ReadAsync() is not null)
        {
        }

        Assert.Equal(DisconnectReasons.ParseError, await Eventually.Get(reason.Task));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("40/nobody")]
    public async Task A_client_that_joins_no_namespace_is_disconnected(string? said)
    {
        await using var server = await StartAsync(o => o.ConnectTimeout = TimeSpan.FromSeconds(1));
        await using var socket = await server.OpenAsync();
        if (said is not null) await socket.SendAsync(said);
        await socket.UntilClosedAsync();
        Assert.Equal(0, server.Io.ClientsCount);
    }

    [Fact]
    public async Task A_client_that_stops_reading_uses_bounded_memory_and_is_disconnected()
    {
        await using var server = await StartAsync(o => o.MaxQueuedBytes = 1024 * 1024);
        var reason = Reason(server);
        await using var socket = await server.JoinAsync();
        var text = new string('x', 64 * 1024);
        await Eventually.Async(
            () =>
            {
                server.Io.Emit("news", text);
                return reason.Task.IsCompleted;
            },
            "it is sent away");
        Assert.Equal(DisconnectReasons.SlowClient, await reason.Task);
        Assert.Empty(server.Io.FetchSockets());
    }

    [Fact]
    public async Task An_upgrade_moves_the_packets_that_wait_and_ends_the_polling()
    {
        await using var server = await StartAsync(setup: io => io.Main.On("echo", e => e.Socket.Emit("echo", e.Args)));
        var polling = await server.PollAsync();
        await polling.SendAsync("40");
        await polling.GetAsync();
        await using var socket = await server.OpenAsync($"EIO=4&transport=websocket&sid={polling.Sid}");
        await socket.SendAsync("2probe");
        Assert.Equal("3probe", await socket.ReadAsync());
        Assert.Equal("6", await polling.GetAsync());
        server.Io.Emit("between", 1);
        await socket.SendAsync("5");
        Assert.Equal("""42["between",1]""", await socket.ReadAsync());
        Assert.Equal(HttpStatusCode.BadRequest, await polling.StatusAsync());
        await socket.SendAsync("""42["echo",2]""");
        Assert.Equal("""42["echo",2]""", await socket.ReadAsync());

        await using var second = await server.OpenAsync($"EIO=4&transport=websocket&sid={polling.Sid}");
        Assert.Null(await second.ReadAsync());
        await socket.SendAsync("""42["echo",3]""");
        Assert.Equal("""42["echo",3]""", await socket.ReadAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("abc")]
    [InlineData("2probe")]
    public async Task A_failed_upgrade_does_not_affect_the_polling(string? said)
    {
        await using var server = await StartAsync(o => o.UpgradeTimeout = TimeSpan.FromMilliseconds(said == "abc" ? 60_000 : 2_000));
        var polling = await server.PollAsync();
        await polling.SendAsync("40");
        await polling.GetAsync();
        await using (var socket = await server.OpenAsync($"EIO=4&transport=websocket&sid={polling.Sid}"))
        {
            if (said is not null) await socket.SendAsync(said);
            await socket.UntilClosedAsync();
        }

        server.Io.Emit("still", 1);
        Assert.Equal("""42["still",1]""", await polling.GetAsync());
        await using var again = await server.OpenAsync($"EIO=4&transport=websocket&sid={polling.Sid}");
        await again.SendAsync("2probe");
        Assert.Equal("3probe", await again.ReadAsync());
    }

    private static void Fast(SocketIOOptions options) => (options.PingInterval, options.PingTimeout) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));

    private static TaskCompletionSource<string> Reason(SioServer server)
    {
        var reason = new TaskCompletionSource<string>();
        server.Io.OnConnection(socket => socket.OnDisconnect(why => reason.TrySetResult(why)));
        return reason;
    }

    private protected Task<SioServer> StartAsync(Action<SocketIOOptions>? configure = null, Action<SocketIOServer>? setup = null) =>
        SioServer.StartAsync(configure, setup, shortRoad: FastPath);
}
