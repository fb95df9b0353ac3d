using System.Text;
using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Tests.Support;
using Waggle.Transport.WebSockets;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class WebSocketTransportTests : IAsyncDisposable
{
    private readonly EngineRig _rig = new(o => o.MaxHttpBufferSize = 1000);
    private readonly Task _running;

    public WebSocketTransportTests() => _running = WebSocketTransport.RunAsync(_rig.Session, _rig.Wire, "pipe");

    [Fact]
    public async Task The_open_comes_first_and_offers_no_upgrade()
    {
        var open = await _rig.TextAsync();
        Assert.StartsWith($"0{{\"sid\":\"{_rig.Session.Id}\",\"upgrades\":[],", open, StringComparison.Ordinal);
        Assert.Equal("pipe", _rig.Session.Road);
    }

    [Fact]
    public async Task Messages_are_received_and_sent_and_a_ping_is_answered()
    {
        await _rig.TextAsync();
        await _rig.SendAsync("4hello");
        await _rig.SendAsync("\u0001\u0002", Opcode.Binary);
        await _rig.SendAsync("p", Opcode.Ping);
        var (opcode, payload) = await _rig.FrameAsync();
        Assert.Equal((Opcode.Pong, "p"), (opcode, Encoding.UTF8.GetString(payload)));
        Assert.Equal(["hello"], _rig.Client.Texts);
        Assert.Equal([1, 2], Assert.Single(_rig.Client.Binaries));
        _rig.Session.Send(EngineFrames.Text("4back"u8));
        Assert.Equal("4back", await _rig.TextAsync());
    }

    [Theory]
    [InlineData("1", DisconnectReasons.TransportClose)]
    [InlineData("x", DisconnectReasons.ParseError)]
    public async Task A_packet_that_ends_the_session_is_answered_with_a_normal_close(string packet, string reason)
    {
        await _rig.TextAsync();
        await _rig.SendAsync(packet);
        Assert.Equal(1000, await _rig.CloseCodeAsync());
        await EndAsync(reason);
    }

    [Fact]
    public async Task A_message_above_the_limit_is_answered_with_1009()
    {
        await _rig.TextAsync();
        await _rig.SendAsync("4" + new string('x', 2000));
        Assert.Equal(1009, await _rig.CloseCodeAsync());
        await EndAsync(DisconnectReasons.TransportError);
    }

    [Fact]
    public async Task A_frame_without_a_mask_is_answered_with_1002()
    {
        await _rig.TextAsync();
        await _rig.SendRawAsync(0x81, 1, (byte)'4');
        Assert.Equal(1002, await _rig.CloseCodeAsync());
        await EndAsync(DisconnectReasons.TransportError);
    }

    [Fact]
    public async Task A_close_of_the_client_is_answered()
    {
        await _rig.TextAsync();
        await _rig.SendAsync("", Opcode.Close);
        Assert.Equal(1000, await _rig.CloseCodeAsync());
        await EndAsync(DisconnectReasons.TransportClose);
    }

    [Fact]
    public async Task The_end_of_the_wire_is_the_clients_end()
    {
        await _rig.TextAsync();
        await EndAsync(DisconnectReasons.TransportClose);
        Assert.False(_rig.IsKnown);
    }

    [Fact]
    public async Task A_session_that_ended_before_its_WebSocket_opened_sends_no_open()
    {
        await using var rig = new EngineRig();
        rig.Session.Close(DisconnectReasons.ServerShuttingDown);
        await WebSocketTransport.RunAsync(rig.Session, rig.Wire, "pipe").WaitAsync(Eventually.Patience);
        Assert.Equal(1000, await rig.CloseCodeAsync());
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private async Task EndAsync(string reason)
    {
        _rig.EndSending();
        await _running.WaitAsync(Eventually.Patience);
        Assert.Equal([reason], _rig.Client.Closed);
    }
}
