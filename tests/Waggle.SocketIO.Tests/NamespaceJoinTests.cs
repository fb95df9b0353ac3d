using Waggle.Protocol.Json;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class NamespaceJoinTests : IDisposable
{
    private readonly SocketRig _rig = new(o => o.MaxNamespacesPerClient = 1);
    private readonly ClientSockets _sockets = new();
    private int _entered;

    [Fact]
    public async Task A_client_that_joins_receives_its_id_before_the_handlers_run()
    {
        var connected = new List<string>();
        _rig.Io.OnConnection((Socket s) => connected.Add(s.Id));
        await JoinAsync("/");
        var socket = Assert.Single(_sockets.All());
        Assert.Equal($$"""40{"sid":"{{socket.Id}}"}""", await _rig.PollAsync());
        Assert.Equal([socket.Id], connected);
        Assert.Equal(1, _entered);
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_is_rejected()
    {
        await JoinAsync("/none");
        await RefusedAsync("""44/none,{"message":"Invalid namespace"}""");
    }

    [Fact]
    public async Task One_namespace_too_many_is_rejected()
    {
        _rig.Io.Of("/second");
        await JoinAsync("/");
        await _rig.PollAsync();
        await JoinAsync("/second");
        Assert.Equal("""44/second,{"message":"Too many namespaces"}""", await _rig.PollAsync());
        Assert.Equal(1, _sockets.Count);
    }

    [Fact]
    public async Task A_middleware_rejects_with_its_own_text()
    {
        _rig.Io.Use(_ => throw new SocketIOException("not you"));
        await JoinAsync("/");
        await RefusedAsync("""44{"message":"not you"}""");
    }

    [Fact]
    public async Task The_error_of_a_middleware_is_hidden()
    {
        _rig.Io.Use(_ => throw new InvalidOperationException("secret"));
        await JoinAsync("/");
        await RefusedAsync("""44{"message":"Internal server error"}""");
    }

    [Fact]
    public async Task A_connection_that_ends_while_a_middleware_runs_leaves_no_socket()
    {
        _rig.Io.Use(_ =>
        {
            _sockets.Close();
            return Task.CompletedTask;
        });
        await JoinAsync("/");
        Assert.Equal((0, 0), (_sockets.Count, _entered));
        Assert.Empty(_rig.Io.Main.FetchSockets());
    }

    [Fact]
    public async Task A_handler_that_fails_does_not_affect_the_others()
    {
        var called = 0;
        _rig.Io.OnConnection((Socket _) => throw new InvalidOperationException());
        _rig.Io.OnConnection((Socket _) => { called++; });
        await JoinAsync("/");
        Assert.Equal(1, called);
    }

    public void Dispose() => _rig.Dispose();

    private Task JoinAsync(string name) =>
        new NamespaceJoin(_rig.Io, _rig.Client, _sockets).RunAsync(name, RawJson.FromTrusted("{}"u8.ToArray()), () => _entered++);

    private async Task RefusedAsync(string packet)
    {
        Assert.Equal(packet, await _rig.PollAsync());
        Assert.Equal((0, 0), (_sockets.Count, _entered));
    }
}
