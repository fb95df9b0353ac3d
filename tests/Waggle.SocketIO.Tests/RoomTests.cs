using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class RoomTests
{
    [Fact]
    public async Task An_event_reaches_the_union_of_rooms_once_except_the_excluded_ones()
    {
        await using var server = await SioServer.StartAsync();
        var (sockets, clients) = await JoinAsync(server, 4);
        sockets[0].Join("a");
        sockets[1].Join("a");
        sockets[1].Join("b");
        sockets[2].Join("b");
        sockets[2].Join("c");
        server.Io.To("a", "b").To(sockets[1].Id).Except("c").Emit("x", 1);
        server.Io.Except(sockets[3].Id, "none").Emit("y", 2);
        sockets[0].To("a").Emit("z", 3);
        sockets[0].Broadcast.Emit("w", 4);
        sockets[0].Except("b").Emit("v", 5);
        server.Io.Emit("end");
        string[][] expected = [["x1", "y2"], ["x1", "y2", "z3", "w4"], ["y2", "w4"], ["w4", "v5"]];
        for (var i = 0; i < 4; i++) Assert.Equal(expected[i], await UntilEndAsync(clients[i]));
    }

    [Fact]
    public async Task A_socket_leaves_rooms_one_by_one_and_all_when_it_disconnects()
    {
        await using var server = await SioServer.StartAsync();
        var (sockets, clients) = await JoinAsync(server, 2);
        sockets[0].Join("a");
        sockets[0].Join("a");
        sockets[0].Join("b");
        Assert.Equal(["a", "b"], sockets[0].Rooms.Order());
        sockets[0].Leave("a");
        sockets[0].Leave("nothing");
        Assert.Equal(["b"], sockets[0].Rooms);
        Assert.Equal(sockets[0], Assert.Single(server.Io.In("b").FetchSockets()));
        IReadOnlyCollection<string>? last = null;
        var gone = new TaskCompletionSource<IReadOnlyCollection<string>>();
        sockets[0].OnDisconnecting(_ => last = sockets[0].Rooms);
        sockets[0].OnDisconnect(_ => gone.TrySetResult(sockets[0].Rooms));
        clients[0].Abort();
        Assert.Empty(await Eventually.Get(gone.Task));
        Assert.Equal(["b"], last);
        Assert.Empty(server.Io.In("b").FetchSockets());
        sockets[0].Join("b");
        Assert.Empty(server.Io.In("b").FetchSockets());
    }

    [Fact]
    public async Task All_sockets_in_a_room_are_moved_and_disconnected_together()
    {
        await using var server = await SioServer.StartAsync();
        var (sockets, clients) = await JoinAsync(server, 3);
        server.Io.Except(sockets[2].Id).SocketsJoin("a");
        Assert.Equal(2, server.Io.In("a").FetchSockets().Count);
        server.Io.In(sockets[0].Id).SocketsLeave("a");
        server.Io.In("a").DisconnectSockets();
        Assert.Equal("41", await clients[1].ReadAsync());
        Assert.Equal(2, server.Io.FetchSockets().Count);
        server.Io.DisconnectSockets(close: true);
        Assert.Equal("41", await clients[0].ReadAsync());
        Assert.Null(await clients[0].ReadAsync());
    }

    [Fact]
    public async Task A_volatile_event_is_dropped_for_clients_that_do_not_read_and_reaches_the_others()
    {
        await using var server = await SioServer.StartAsync();
        await using var reads = await server.JoinAsync();
        await using var polls = await JoinPollingAsync(server);
        server.Io.Volatile.Emit("v", 1);
        Assert.Equal("42[\"v\",1]", await reads.ReadAsync());
        server.Io.Emit("kept", 2);
        Assert.Equal("42[\"kept\",2]", await polls.Client.GetAsync());
    }

    [Fact]
    public async Task All_clients_receive_the_events_of_a_namespace_in_the_same_order()
    {
        await using var server = await SioServer.StartAsync();
        var (_, clients) = await JoinAsync(server, 5);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++) server.Io.Emit("n", t, i);
        })));
        server.Io.Emit("end");
        var all = await Task.WhenAll(clients.Select(UntilEndAsync));
        Assert.Equal(2000, all[0].Length);
        Assert.All(all, one => Assert.Equal(all[0], one));
    }

    [Fact]
    public async Task The_stop_of_the_application_disconnects_all_clients_with_its_reason()
    {
        await using var server = await SioServer.StartAsync();
        var reason = new TaskCompletionSource<string>();
        server.Io.OnConnection(socket => socket.OnDisconnect(why => reason.TrySetResult(why)));
        await using var socket = await server.JoinAsync();
        await server.StopAsync().WaitAsync(Eventually.Patience);
        Assert.Equal(DisconnectReasons.ServerShuttingDown, await Eventually.Get(reason.Task));
        Assert.Null(await socket.ReadAsync());
    }

    private static async Task<(Socket[] Sockets, RawSocket[] Clients)> JoinAsync(SioServer server, int count)
    {
        var sockets = new List<Socket>();
        var clients = new List<RawSocket>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await server.JoinAsync());
            sockets.Add(server.Io.FetchSockets().Except(sockets).Single());
        }

        return ([.. sockets], [.. clients]);
    }

    private static async Task<Poller> JoinPollingAsync(SioServer server)
    {
        var client = await server.PollAsync();
        await client.SendAsync("40");
        await client.GetAsync();
        return new Poller(client);
    }

    // Each event as its name and arguments, up to the one named end.
    private static async Task<string[]> UntilEndAsync(RawSocket client)
    {
        var read = new List<string>();
        while (await client.ReadAsync() is { } text)
        {
            if (text == "42[\"end\"]") return [.. read];
            read.Add(text[4..^1].Replace("\",", "", StringComparison.Ordinal));
        }

        throw new InvalidOperationException("It was closed.");
    }

    private sealed record Poller(RawPolling Client) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => default;
    }
}
