using System.Text.Json;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class RecoveryTests
{
    [Fact]
    public async Task A_client_that_reconnects_recovers_its_socket_and_receives_the_missed_events_after_the_connect()
    {
        await using var server = await StartAsync();
        var (client, me) = await JoinAsync(server);
        var socket = Assert.Single(server.Io.FetchSockets());
        socket.Join("a");
        socket.Data["name"] = "Ann";
        server.Io.Emit("n", 1);
        Assert.Equal("42[\"n\",1,\"1\"]", await client.ReadAsync());
        await CutAsync(server, client);
        server.Io.To("a").Emit("n", 2);
        server.Io.To("b").Emit("n", 3);
        server.Io.Except("a").Emit("n", 4);
        server.Io.To(me.Sid).Emit("n", 5);
        server.Io.Volatile.Emit("n", 6);
        _ = server.Io.EmitWithAckAsync("n", 7);
        server.Io.Emit("n", new byte[] { 8 });
        var (back, again) = await JoinAsync(server, me, "1");
        Assert.Equal(me, again);
        Assert.Equal("42[\"n\",2,\"2\"]", await back.ReadAsync());
        Assert.Equal("42[\"n\",5,\"5\"]", await back.ReadAsync());
        Assert.Equal("451-[\"n\",{\"_placeholder\":true,\"num\":0},\"6\"]", await back.ReadAsync());
        Assert.Equal("bCA==", await back.ReadAsync());
        var recovered = Assert.Single(server.Io.FetchSockets());
        Assert.True(recovered.Recovered);
        Assert.Equal(("Ann", "a"), (recovered.Data["name"], Assert.Single(recovered.Rooms)));
    }

    [Fact]
    public async Task A_client_that_never_received_an_event_recovers_too()
    {
        await using var server = await StartAsync();
        server.Io.Emit("before");
        var (client, me) = await JoinAsync(server);
        await CutAsync(server, client);
        server.Io.Emit("missed");
        var (back, again) = await JoinAsync(server, me);
        Assert.Equal(me, again);
        Assert.Equal("42[\"missed\",\"2\"]", await back.ReadAsync());
    }

    [Fact]
    public async Task Volatile_and_direct_events_have_an_offset_and_those_with_an_acknowledgement_do_not()
    {
        await using var server = await StartAsync();
        var (client, _) = await JoinAsync(server);
        var socket = Assert.Single(server.Io.FetchSockets());
        socket.Emit("n", "text");
        server.Io.Volatile.Emit("v", "text");
        _ = socket.EmitWithAckAsync("a", "text");
        Assert.Equal("42[\"n\",\"text\",\"1\"]", await client.ReadAsync());
        Assert.Equal("42[\"v\",\"text\",\"1\"]", await client.ReadAsync());
        Assert.Equal("420[\"a\",\"text\"]", await client.ReadAsync());
    }

    [Fact]
    public async Task A_client_that_received_no_events_while_others_received_many_recovers()
    {
        await using var server = await StartAsync(o => o.MaxStoredBytes = 5_000);
        var (client, me) = await JoinAsync(server);
        Assert.Single(server.Io.FetchSockets()).Emit("n", 1);
        Assert.Equal("42[\"n\",1,\"1\"]", await client.ReadAsync());
        for (var i = 0; i < 1000; i++) server.Io.To("others").Emit("long since forgotten", i);
        await CutAsync(server, client);
        server.Io.Emit("n", 2);
        var (back, again) = await JoinAsync(server, me, "1");
        Assert.Equal(me, again);
        Assert.Equal("42[\"n\",2,\"1002\"]", await back.ReadAsync());
    }

    [Fact]
    public async Task The_session_of_a_client_that_stays_away_is_removed_even_without_further_events()
    {
        await using var server = await StartAsync(o => o.MaxDisconnectionDuration = TimeSpan.FromMilliseconds(100));
        var (client, _) = await JoinAsync(server);
        await CutAsync(server, client);
        await Eventually.Async(() => server.Io.Main.Members.IsEmpty, "it is forgotten");
    }

    [Fact]
    public async Task A_client_that_missed_a_removed_event_begins_a_new_socket_and_can_detect_it()
    {
        await using var server = await StartAsync(o => o.MaxStoredBytes = 5_000);
        var (client, me) = await JoinAsync(server);
        await CutAsync(server, client);
        for (var i = 0; i < 1000; i++) server.Io.Emit("n", i);
        var (_, again) = await JoinAsync(server, me);
        Assert.NotEqual(me.Sid, again.Sid);
        Assert.NotEqual(me.Pid, again.Pid);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("99999999999999999999")]
    public async Task An_unknown_offset_begins_a_new_socket(string offset)
    {
        await using var server = await StartAsync();
        var (client, me) = await JoinAsync(server);
        await CutAsync(server, client);
        var (_, again) = await JoinAsync(server, me, offset);
        Assert.NotEqual(me.Sid, again.Sid);
    }

    [Fact]
    public async Task An_offset_from_before_its_join_returns_no_event_that_was_not_for_the_client()
    {
        await using var server = await StartAsync();
        server.Io.Emit("secret");
        var (client, me) = await JoinAsync(server);
        server.Io.Emit("n", 1);
        await client.ReadAsync();
        await CutAsync(server, client);
        var (back, _) = await JoinAsync(server, me, "0");
        Assert.Equal("42[\"n\",1,\"2\"]", await back.ReadAsync());
    }

    [Fact]
    public async Task A_client_that_left_or_was_disconnected_begins_a_new_socket()
    {
        await using var server = await StartAsync();
        var (client, me) = await JoinAsync(server);
        await client.SendAsync("41");
        await Eventually.Async(() => server.Io.FetchSockets().Count == 0);
        var (second, other) = await JoinAsync(server, me);
        Assert.NotEqual(me.Sid, other.Sid);
        Assert.Single(server.Io.FetchSockets()).Disconnect();
        await second.ReadAsync();
        var (_, third) = await JoinAsync(server, other);
        Assert.NotEqual(other.Sid, third.Sid);
    }

    [Fact]
    public async Task A_client_recovers_before_its_old_connection_is_known_to_be_dead()
    {
        await using var server = await StartAsync();
        var (_, me) = await JoinAsync(server);
        server.Io.Emit("n", 1);
        var (back, again) = await JoinAsync(server, me);
        Assert.Equal(me, again);
        Assert.Equal("42[\"n\",1,\"1\"]", await back.ReadAsync());
        Assert.Single(server.Io.FetchSockets());
    }

    [Fact]
    public async Task A_client_recovers_while_its_old_connection_ends()
    {
        await using var server = await StartAsync();
        using var leaving = new ManualResetEventSlim();
        using var back = new ManualResetEventSlim();
        var gone = new TaskCompletionSource();
        server.Io.OnConnection(socket =>
        {
            if (socket.Recovered) return;
            socket.OnDisconnecting(_ =>
            {
                leaving.Set();
                back.Wait(Eventually.Patience, CancellationToken.None);
            });
            socket.OnDisconnect(_ => gone.SetResult());
        });
        var (client, me) = await JoinAsync(server);
        Assert.Single(server.Io.FetchSockets()).Join("a");
        client.Abort();
        await Eventually.Async(() => leaving.IsSet, "the handler of the old connection is running");
        server.Io.To("a").Emit("n", 1);
        var (again, who) = await JoinAsync(server, me);
        back.Set();
        await gone.Task.WaitAsync(Eventually.Patience);
        Assert.Equal(me, who);
        Assert.Equal("42[\"n\",1,\"1\"]", await again.ReadAsync());

        // The old connection's end took nothing of the new one along.
        server.Io.To("a").Emit("n", 2);
        Assert.Equal("42[\"n\",2,\"2\"]", await again.ReadAsync());
        Assert.Equal(me.Sid, Assert.Single(server.Io.FetchSockets()).Id);
    }

    [Fact]
    public async Task A_session_is_recovered_once()
    {
        await using var server = await StartAsync();
        var (client, me) = await JoinAsync(server);
        await CutAsync(server, client);
        var both = await Task.WhenAll(JoinAsync(server, me), JoinAsync(server, me));
        Assert.InRange(server.Io.FetchSockets().Count(s => s.Id == me.Sid), 0, 1);
        Assert.Contains(both, one => one.Me.Sid == me.Sid);
    }

    [Fact]
    public async Task A_client_that_stays_away_too_long_begins_a_new_socket()
    {
        await using var server = await StartAsync(o => o.MaxDisconnectionDuration = TimeSpan.FromMilliseconds(1));
        var (client, me) = await JoinAsync(server);
        await CutAsync(server, client);
        await Task.Delay(5);
        var (_, again) = await JoinAsync(server, me);
        Assert.NotEqual(me.Sid, again.Sid);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Middlewares_run_again_unless_they_are_skipped(bool skip)
    {
        var asked = 0;
        await using var server = await StartAsync(o => o.SkipMiddlewares = skip);
        server.Io.Use(_ =>
        {
            asked++;
            return Task.CompletedTask;
        });
        var (client, me) = await JoinAsync(server);
        await CutAsync(server, client);
        await JoinAsync(server, me);
        Assert.Equal(skip ? 1 : 2, asked);
    }

    private static Task<SioServer> StartAsync(Action<ConnectionStateRecoveryOptions>? configure = null) => SioServer.StartAsync(o =>
    {
        o.ConnectionStateRecovery = new();
        configure?.Invoke(o.ConnectionStateRecovery);
    });

    private static async Task<(RawSocket Client, Me Me)> JoinAsync(SioServer server, Me? me = null, string? offset = null)
    {
        var client = await server.OpenAsync();
        await client.ReadAsync();
        await client.SendAsync($"40{(me is null ? "" : JsonSerializer.Serialize(offset is null ? new { pid = me.Pid } : (object)new { pid = me.Pid, offset }))}");
        var reply = JsonDocument.Parse((await client.ReadAsync())![2..]).RootElement;
        return (client, new Me(reply.GetProperty("sid").GetString()!, reply.GetProperty("pid").GetString()!));
    }

    private static async Task CutAsync(SioServer server, RawSocket client)
    {
        client.Abort();
        await Eventually.Async(() => server.Io.FetchSockets().Count == 0, "the server noticed");
    }

    private sealed record Me(string Sid, string Pid);
}
