using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class ClientSocketsTests : IDisposable
{
    private readonly SocketRig _rig = new();
    private readonly ClientSockets _sockets = new();

    [Theory]
    [InlineData("/", "")]
    [InlineData("/chat", "/chat")]
    public void A_socket_is_found_by_its_namespace_until_it_is_removed(string name, string onWire)
    {
        var socket = Make(name);
        Assert.True(_sockets.TryAdd(socket));
        Assert.True(_sockets.Has(name));
        Assert.Same(socket, _sockets.Find(System.Text.Encoding.UTF8.GetBytes(onWire)));
        Assert.Null(_sockets.Find("/other"u8));
        Assert.True(_sockets.Remove(socket));
        Assert.False(_sockets.Remove(socket));
        Assert.False(_sockets.Has(name));
        Assert.Equal(0, _sockets.Count);
    }

    [Fact]
    public void All_namespaces_count()
    {
        Socket[] three = [Make("/"), Make("/a"), Make("/b")];
        Assert.All(three, s => Assert.True(_sockets.TryAdd(s)));
        Assert.Equal(3, _sockets.Count);
        Assert.Equal(three, _sockets.All());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/chat")]
    public void A_socket_that_another_one_replaced_removes_nothing(string name)
    {
        var (older, newer) = (Make(name), Make(name));
        _sockets.TryAdd(older);
        _sockets.TryAdd(newer);
        Assert.False(_sockets.Remove(older));
        Assert.Equal([newer], _sockets.All());
    }

    [Fact]
    public void After_the_close_no_socket_is_added_and_the_others_are_still_there()
    {
        var socket = Make("/");
        _sockets.TryAdd(socket);
        Assert.Equal([socket], _sockets.Close());
        Assert.True(_sockets.IsClosed);
        Assert.False(_sockets.TryAdd(Make("/late")));
        Assert.True(_sockets.Remove(socket));
    }

    public void Dispose() => _rig.Dispose();

    private Socket Make(string name) => _rig.Io.Of(name).Members.Create(_rig.Client, null!);
}
