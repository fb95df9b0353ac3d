using System.Text.RegularExpressions;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class NamespaceTests
{
    [Fact]
    public async Task One_connection_has_a_socket_of_its_own_in_each_namespace()
    {
        await using var server = await SioServer.StartAsync(setup: io =>
        {
            io.Main.On("where", e => e.Ack("main"));
            io.Of("/a").On("where", e => e.Ack("a"));
        });
        await using var socket = await server.JoinAsync();
        await socket.SendAsync("40/a,");
        Assert.StartsWith("40/a,{\"sid\":\"", await socket.ReadAsync(), StringComparison.Ordinal);
        await socket.SendAsync("421[\"where\"]");
        Assert.Equal("431[\"main\"]", await socket.ReadAsync());
        await socket.SendAsync("42/a,1[\"where\"]");
        Assert.Equal("43/a,1[\"a\"]", await socket.ReadAsync());
        Assert.NotEqual(server.Io.FetchSockets()[0].Id, server.Io.Of("/a").FetchSockets()[0].Id);

        await socket.SendAsync("41/a,");
        await Eventually.Async(() => server.Io.Of("/a").FetchSockets().Count == 0);
        await socket.SendAsync("422[\"where\"]");
        Assert.Equal("432[\"main\"]", await socket.ReadAsync());
    }

    [Fact]
    public async Task An_unknown_namespace_is_rejected_and_the_connection_stays()
    {
        await using var server = await SioServer.StartAsync();
        await using var socket = await server.JoinAsync();
        await socket.SendAsync("40/no\"body,");
        Assert.Equal("44/no\"body,{\"message\":\"Invalid namespace\"}", await socket.ReadAsync());
        server.Io.Emit("still");
        Assert.Equal("42[\"still\"]", await socket.ReadAsync());
    }

    [Fact]
    public async Task The_number_of_namespaces_of_a_client_is_limited()
    {
        await using var server = await SioServer.StartAsync(o => o.MaxNamespacesPerClient = 5, io => io.Of(new Regex("^/room-")));
        await using var socket = await server.OpenAsync();
        await socket.ReadAsync();
        var (refused, unknown, joined) = (0, 0, 0);
        var send = Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++) await socket.SendAsync($"40/nobody-{i},");
            for (var i = 0; i < 1000; i++) await socket.SendAsync($"40/room-{i},");
        });
        for (var i = 0; i < 2000; i++)
        {
            var answer = await socket.ReadAsync();
            if (answer!.Contains("Invalid namespace", StringComparison.Ordinal)) unknown++;
            else if (answer.Contains("Too many namespaces", StringComparison.Ordinal)) refused++;
            else if (answer.StartsWith("40/room-", StringComparison.Ordinal)) joined++;
        }

        await send;
        Assert.Equal((1000, 995, 5), (unknown, refused, joined));
    }

    [Fact]
    public async Task A_pattern_creates_namespaces_with_its_handlers_and_removes_them()
    {
        var connected = 0;
        await using var server = await SioServer.StartAsync(setup: io => io.Of(new Regex(@"^/room-\d+$"))
            .OnConnection(_ => Interlocked.Increment(ref connected))
            .On("name", e => e.Ack(e.Socket.Namespace.Name)));
        await using var socket = await server.OpenAsync();
        await socket.ReadAsync();
        await socket.SendAsync("40/room-x,");
        Assert.Equal("44/room-x,{\"message\":\"Invalid namespace\"}", await socket.ReadAsync());
        await socket.SendAsync("40/room-7,");
        Assert.StartsWith("40/room-7,", await socket.ReadAsync(), StringComparison.Ordinal);
        await socket.SendAsync("42/room-7,3[\"name\"]");
        Assert.Equal("43/room-7,3[\"/room-7\"]", await socket.ReadAsync());
        var first = server.Io.Of("/room-7");
        await socket.SendAsync("41/room-7,");
        await Eventually.Async(() => !ReferenceEquals(server.Io.Of("/room-7"), first), "it is forgotten");
        Assert.Equal(1, connected);
    }

    [Fact]
    public async Task A_function_decides_by_name_and_auth()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Of((name, auth) => name == "/x" && auth.ToString().Contains("yes", StringComparison.Ordinal)));
        await using var socket = await server.OpenAsync();
        await socket.ReadAsync();
        await socket.SendAsync("40/x,{\"key\":\"no\"}");
        Assert.StartsWith("44/x,", await socket.ReadAsync(), StringComparison.Ordinal);
        await socket.SendAsync("40/x,{\"key\":\"yes\"}");
        Assert.StartsWith("40/x,", await socket.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_middleware_rejects_with_a_message_and_data_and_only_for_its_namespace()
    {
        await using var server = await SioServer.StartAsync(setup: io =>
        {
            io.Of("/guarded").Use(socket => socket.Handshake.AuthAs<Auth>()?.Token == "ok" ? Task.CompletedTask : throw new SocketIOException("No \"token\".", new { Code = 7 }));
            io.Of("/broken").Use(_ => throw new InvalidOperationException("secret"));
        });
        await using var socket = await server.JoinAsync();
        await socket.SendAsync("40/guarded,");
        Assert.Equal("""44/guarded,{"message":"No \"token\".","data":{"code":7}}""", await socket.ReadAsync());
        await socket.SendAsync("40/guarded,{\"token\":\"ok\"}");
        Assert.StartsWith("40/guarded,{", await socket.ReadAsync(), StringComparison.Ordinal);
        await socket.SendAsync("40/broken,");
        Assert.Equal("""44/broken,{"message":"Internal server error"}""", await socket.ReadAsync());
        Assert.Single(server.Io.FetchSockets());
    }

    [Fact]
    public async Task Events_wait_for_a_slow_middleware_and_for_the_handlers_that_follow_it()
    {
        var let = new TaskCompletionSource();
        await using var server = await SioServer.StartAsync(setup: io =>
        {
            io.Use(_ => let.Task);
            io.OnConnection(socket => socket.On("a", (SocketEvent e) => e.Ack(1)));
        });
        await using var socket = await server.OpenAsync();
        await socket.ReadAsync();
        await socket.SendAsync("40");
        await socket.SendAsync("421[\"a\"]");
        let.SetResult();
        Assert.StartsWith("40{", await socket.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("431[1]", await socket.ReadAsync());
    }

    [Fact]
    public async Task Packets_of_the_connection_handler_follow_the_connect()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.OnConnection(socket => socket.Emit("hello", socket.Handshake.Auth)));
        await using var socket = await server.JoinAsync("{\"a\": 1}");
        Assert.Equal("42[\"hello\",{\"a\": 1}]", await socket.ReadAsync());
    }

    private sealed record Auth(string? Token);
}
