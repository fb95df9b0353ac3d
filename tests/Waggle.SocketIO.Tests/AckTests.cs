using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class AckTests
{
    [Fact]
    public async Task Typed_handlers_receive_their_arguments_and_return_the_acknowledgement()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.OnConnection(socket => socket
            .On<int, int, int>("add", (a, b) => Task.FromResult(a + b))
            .On<Person, string>("greet", person => Task.FromResult($"Hello {person.Name}!"))
            .On<byte[], byte[]>("reverse", bytes => Task.FromResult(bytes.Reverse().ToArray()))));
        await using var socket = await server.JoinAsync();
        await socket.SendAsync("421[\"add\",2,3]");
        Assert.Equal("431[5]", await socket.ReadAsync());
        await socket.SendAsync("422[\"greet\",{\"name\":\"Ann\",\"__proto__\":{\"x\":1}}]");
        Assert.Equal("432[\"Hello Ann!\"]", await socket.ReadAsync());
        await socket.SendAsync("451-3[\"reverse\",{\"_placeholder\":true,\"num\":0}]");
        await socket.SendAsync([1, 2, 3]);
        Assert.Equal("461-3[{\"_placeholder\":true,\"num\":0}]", await socket.ReadAsync());
        Assert.Equal("bAwIB", await socket.ReadAsync());
    }

    [Fact]
    public async Task Arguments_of_the_wrong_type_are_an_error_in_the_acknowledgement()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Main
            .On<int>("count", (_, _) => { })
            .On("secret", (SocketEvent _) => throw new InvalidOperationException("secret"))
            .On("refuse", (SocketEvent _) => throw new SocketIOException("Not now.", new { After = 3 })));
        await using var socket = await server.JoinAsync();
        await socket.SendAsync("421[\"count\",\"many\"]");
        Assert.Equal("431[{\"error\":\"Argument 1 of \\\"count\\\" cannot be read as Int32.\"}]", await socket.ReadAsync());
        await socket.SendAsync("42[\"count\",\"many\"]");
        await socket.SendAsync("422[\"secret\"]");
        Assert.Equal("432[{\"error\":\"Internal server error\"}]", await socket.ReadAsync());
        await socket.SendAsync("423[\"refuse\"]");
        Assert.Equal("433[{\"error\":\"Not now.\",\"data\":{\"after\":3}}]", await socket.ReadAsync());
    }

    [Fact]
    public async Task Only_the_first_acknowledgement_is_sent_and_an_unrequested_one_is_ignored()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Main.On("a", e =>
        {
            e.Ack(1);
            e.Ack(2);
            e.Socket.Emit("done");
        }));
        await using var socket = await server.JoinAsync();
        await socket.SendAsync("43999[\"never asked for\"]");
        await socket.SendAsync("427[\"a\"]");
        Assert.Equal("437[1]", await socket.ReadAsync());
        Assert.Equal("42[\"done\"]", await socket.ReadAsync());
        await socket.SendAsync("42[\"a\"]");
        Assert.Equal("42[\"done\"]", await socket.ReadAsync());
    }

    [Fact]
    public async Task The_server_receives_the_acknowledgement_of_its_event()
    {
        await using var server = await SioServer.StartAsync();
        await using var client = await server.JoinAsync();
        var socket = Assert.Single(server.Io.FetchSockets());
        var asked = socket.EmitWithAckAsync("ask", "x");
        Assert.Equal("420[\"ask\",\"x\"]", await client.ReadAsync());
        await client.SendAsync("430[{\"ok\":true},2]");
        var answer = await Eventually.Get(asked);
        Assert.Equal((2, "{\"ok\":true}"), (answer.Count, answer.Raw(0).ToString()));
    }

    [Fact]
    public async Task A_late_acknowledgement_is_an_error_and_is_then_ignored()
    {
        await using var server = await SioServer.StartAsync();
        await using var client = await server.JoinAsync();
        var socket = Assert.Single(server.Io.FetchSockets());
        await Assert.ThrowsAsync<AckTimeoutException>(() => socket.Timeout(TimeSpan.FromMilliseconds(30)).EmitWithAckAsync("ask"));
        Assert.Equal("420[\"ask\"]", await client.ReadAsync());
        await client.SendAsync("430[1]");
        var next = socket.EmitWithAckAsync("ask");
        Assert.Equal("421[\"ask\"]", await client.ReadAsync());
        await client.SendAsync("431[2]");
        Assert.Equal(2, (await Eventually.Get(next)).Get<int>(0));
    }

    [Fact]
    public async Task An_acknowledgement_fails_when_its_client_disconnects()
    {
        await using var server = await SioServer.StartAsync();
        await using var client = await server.JoinAsync();
        var asked = Assert.Single(server.Io.FetchSockets()).EmitWithAckAsync("ask");
        client.Abort();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task A_broadcast_collects_all_acknowledgements_and_does_not_wait_for_disconnected_clients()
    {
        await using var server = await SioServer.StartAsync();
        RawSocket[] clients = [await server.JoinAsync(), await server.JoinAsync(), await server.JoinAsync()];
        var asked = server.Io.EmitWithAckAsync("ask");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal("420[\"ask\"]", await clients[i].ReadAsync());
            await clients[i].SendAsync($"430[{i}]");
        }

        clients[2].Abort();
        Assert.Equal([0, 1], (await Eventually.Get(asked)).Select(a => a.Get<int>(0)).Order());
    }

    [Fact]
    public async Task A_broadcast_that_times_out_has_the_acknowledgements_that_arrived()
    {
        await using var server = await SioServer.StartAsync();
        RawSocket[] clients = [await server.JoinAsync(), await server.JoinAsync()];
        var asked = server.Io.Timeout(TimeSpan.FromSeconds(3)).EmitWithAckAsync("ask");
        await clients[0].ReadAsync();
        await clients[0].SendAsync("430[5]");
        var late = await Assert.ThrowsAsync<AckTimeoutException>(() => asked.WaitAsync(Eventually.Patience));
        Assert.Equal(5, Assert.Single(late.Responses).Get<int>(0));
        Assert.Empty(await server.Io.To("nobody").EmitWithAckAsync("ask"));
    }

    [Fact]
    public async Task A_slow_handler_delays_no_event_until_too_many_run()
    {
        var running = 0;
        var let = new TaskCompletionSource();
        await using var server = await SioServer.StartAsync(o => o.MaxConcurrentEvents = 10, io => io.Main.On("slow", async e =>
        {
            Interlocked.Increment(ref running);
            await let.Task;
            e.Ack(1);
        }).On("fast", e => e.Ack(2)));
        await using var socket = await server.JoinAsync();
        for (var i = 0; i < 9; i++) await socket.SendAsync($"42{i}[\"slow\"]");
        await socket.SendAsync("429[\"fast\"]");
        Assert.Equal("439[2]", await socket.ReadAsync());
        for (var i = 10; i < 20; i++) await socket.SendAsync($"42{i}[\"slow\"]");
        await Eventually.Async(() => running == 10);
        let.SetResult();
        for (var i = 0; i < 19; i++) Assert.EndsWith("[1]", await socket.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal(19, running);
    }

    [Fact]
    public async Task A_handler_of_any_event_receives_all_and_a_middleware_may_drop_events()
    {
        var heard = new List<string>();
        await using var server = await SioServer.StartAsync(setup: io => io.OnConnection(socket =>
        {
            socket.OnAny(e => heard.Add(e.Name));
            socket.Use(e => e.Name == "bad" ? throw new SocketIOException("No.") : Task.CompletedTask);
            socket.On("bad", (SocketEvent e) => e.Ack("never"));
            socket.On("good", (SocketEvent e) => e.Ack("yes"));
        }));
        await using var socket = await server.JoinAsync();
        await socket.SendAsync("421[\"bad\"]");
        Assert.Equal("431[{\"error\":\"No.\"}]", await socket.ReadAsync());
        await socket.SendAsync("42[\"other\"]");
        await socket.SendAsync("422[\"good\"]");
        Assert.Equal("432[\"yes\"]", await socket.ReadAsync());
        Assert.Equal(["other", "good"], heard);
    }

    [Fact]
    public async Task Reserved_names_are_rejected_on_the_server()
    {
        await using var server = await SioServer.StartAsync();
        foreach (var name in new[] { "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener" })
        {
            Assert.Throws<ArgumentException>(() => server.Io.Emit(name));
            Assert.Throws<ArgumentException>(() => server.Io.Main.On(name, _ => { }));
        }
    }

    private sealed record Person(string Name);
}
