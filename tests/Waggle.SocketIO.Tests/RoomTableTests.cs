using Microsoft.AspNetCore.Http;
using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class RoomTableTests : IDisposable
{
    private readonly SocketRig _rig = new();
    private readonly RoomTable _table = new();
    private readonly Handshake _handshake;

    public RoomTableTests() => _handshake = new Handshake(new ClientRequest(new DefaultHttpContext()), default, default, _rig.Io.Json);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_broadcast_without_rooms_visits_every_socket()
    {
        Add("a", "b", "c");
        Assert.Equal("a b c", Visited(Everyone));
        Assert.Equal(3, _table.Count);
    }

    [Fact]
    public void A_socket_in_several_rooms_is_visited_once_and_an_excluded_one_never()
    {
        var (a, b, c) = (Add("a"), Add("b"), Add("c"));
        foreach (var socket in new[] { a, b }) _table.Join(socket, "x");
        foreach (var socket in new[] { b, c }) _table.Join(socket, "y");
        Assert.Equal("a b c", Visited(Everyone.To("x", "y")));
        Assert.Equal("a", Visited(Everyone.To("x").Except("y")));
        Assert.Equal("a", Visited(Everyone.Except("y")));
        Assert.Equal("", Visited(Everyone.To("unknown")));
        Assert.Equal("a b c", Visited(Everyone.Except("unknown")));
    }

    [Fact]
    public void The_id_of_a_socket_is_a_room_of_only_this_socket()
    {
        var (a, b) = (Add("a"), Add("b"));
        _table.Join(b, "x");
        Assert.Equal("a b", Visited(Everyone.To("a", "x")));
        Assert.Equal("b", Visited(Everyone.Except("a")));

        // A join of its own room changes nothing.
        _table.Join(a, "a");
        Assert.Null(a.JoinedRooms);
    }

    [Fact]
    public void A_single_recipient_is_visited_while_it_is_connected()
    {
        var a = Add("a");
        var only = new BroadcastOperator(_rig.Io.Main) { Socket = a };
        Assert.Equal("a", Visited(only));
        a.Connected = false;
        Assert.Equal("", Visited(only));
    }

    [Fact]
    public void A_socket_leaves_one_room_or_all_and_stays_in_the_table()
    {
        var a = Add("a");
        _table.Join(a, "x");
        _table.Join(a, "y");
        _table.Join(a, "y");
        _table.Leave(a, "x");
        _table.Leave(a, "unknown");
        Assert.Equal(["y"], a.JoinedRooms!);
        Assert.Equal("", Visited(Everyone.To("x")));
        Assert.Equal("a", Visited(Everyone.To("y")));
        _table.LeaveAll(a);
        _table.LeaveAll(a);
        Assert.Null(a.JoinedRooms);
        Assert.Equal("", Visited(Everyone.To("y")));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void A_socket_that_has_disconnected_joins_no_room()
    {
        var a = Add("a");
        a.Connected = false;
        _table.Join(a, "x");
        Assert.Null(a.JoinedRooms);
        Assert.Equal("", Visited(Everyone.To("x")));
    }

    [Fact]
    public void A_removed_socket_is_not_visited()
    {
        var a = Add("a");
        Assert.True(_table.Remove(a));
        Assert.False(_table.Remove(a));
        Assert.Equal("", Visited(Everyone));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void The_end_of_an_old_connection_does_not_remove_the_socket_that_recovered_its_id()
    {
        var old = Add("a");
        var recovered = Add("a");
        Assert.False(_table.Remove(old));
        Assert.Equal(1, _table.Count);
        Assert.True(_table.Remove(recovered));
    }

    private BroadcastOperator Everyone => new(_rig.Io.Main);

    private Socket Add(string id)
    {
        var socket = new Socket(_rig.Io.Main, _rig.Client, id, _handshake) { Connected = true };
        _table.Add(socket);
        return socket;
    }

    private void Add(params string[] ids)
    {
        foreach (var id in ids) Add(id);
    }

    private string Visited(BroadcastOperator to)
    {
        var visited = new List<string>();
        _table.Visit(to, visited, static (socket, all) => all.Add(socket.Id));
        return string.Join(' ', visited.Order(StringComparer.Ordinal));
    }
}
