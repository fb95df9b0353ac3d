using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class SocketClientTests : IDisposable
{
    private readonly SocketRig _rig = new();

    [Fact]
    public async Task A_client_that_joins_no_namespace_is_closed_after_the_timeout()
    {
        _rig.Time.Advance(TimeSpan.FromSeconds(20));
        await _rig.Session.Intake.TakeTextAsync("3"u8.ToArray());
        Assert.False(_rig.Session.IsClosed);
        await _rig.Time.AdvanceUntilAsync(() => _rig.Session.IsClosed, TimeSpan.FromSeconds(1));
        Assert.Equal(DisconnectReasons.ForcedClose, _rig.Session.ClosedFor);
    }

    [Fact]
    public async Task The_join_timeout_begins_again_when_a_client_leaves_its_last_namespace()
    {
        var socket = await _rig.JoinAsync();
        socket.Disconnect();
        Assert.Equal("41", await _rig.PollAsync());
        for (var i = 0; i < 3 && !_rig.Session.IsClosed; i++)
        {
            _rig.Time.Advance(TimeSpan.FromSeconds(14));
            await _rig.Session.Intake.TakeTextAsync("3"u8.ToArray());
        }

        Assert.False(_rig.Session.IsClosed);
        _rig.Time.Advance(TimeSpan.FromSeconds(4));
        await Eventually.Async(() => _rig.Session.IsClosed, "the end");
        Assert.Equal(DisconnectReasons.ForcedClose, _rig.Session.ClosedFor);
    }

    [Theory]
    [InlineData("2[\"a\"]")]
    [InlineData("9")]
    public async Task An_unexpected_packet_closes_the_client(string packet)
    {
        await _rig.SendAsync(packet);
        Assert.Equal(DisconnectReasons.ParseError, _rig.Session.ClosedFor);
    }

    [Fact]
    public async Task A_second_connect_to_a_namespace_closes_the_client()
    {
        await _rig.JoinAsync();
        await _rig.SendAsync("0");
        Assert.Equal(DisconnectReasons.ParseError, _rig.Session.ClosedFor);
    }

    [Fact]
    public async Task The_end_of_the_connection_is_the_end_of_all_sockets()
    {
        var (main, chat) = (await _rig.JoinAsync(), await _rig.JoinAsync("/chat"));
        _rig.Session.Close(DisconnectReasons.PingTimeout);
        Assert.Equal((false, false), (main.Connected, chat.Connected));
        Assert.Empty(_rig.Io.Main.FetchSockets());
    }

    public void Dispose() => _rig.Dispose();
}
