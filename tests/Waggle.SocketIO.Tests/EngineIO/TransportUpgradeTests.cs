using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class TransportUpgradeTests : IAsyncDisposable
{
    private readonly EngineRig _rig = new();
    private readonly Task _running;

    public TransportUpgradeTests()
    {
        _rig.Session.Transport.BeginPolling();
        _running = TransportUpgrade.RunAsync(_rig.Session, _rig.Wire, "pipe");
    }

    [Fact]
    public async Task A_client_that_probes_and_moves_uses_its_WebSocket()
    {
        _rig.Session.Send(EngineFrames.Text("4waits"u8));
        await ProbeAsync();
        await _rig.SendAsync("5");
        Assert.Equal("4waits", await _rig.TextAsync());
        Assert.Equal("pipe", _rig.Session.Road);
        await _rig.SendAsync("4hello");
        _rig.EndSending();
        await _running.WaitAsync(Eventually.Patience);
        Assert.Equal(["hello"], _rig.Client.Texts);
        Assert.Equal([DisconnectReasons.TransportClose], _rig.Client.Closed);
    }

    [Fact]
    public async Task A_poll_that_waits_is_answered_with_a_noop_while_the_client_moves()
    {
        var poll = PollingRequests.PollAsync(_rig.Session, CancellationToken.None);
        await ProbeAsync();
        Assert.Equal("6"u8.ToArray(), (await Eventually.Get(poll))!.Value.ToArray());
    }

    [Theory]
    [InlineData("2other")]
    [InlineData("5")]
    public async Task A_WebSocket_without_a_probe_closes_and_the_client_continues_to_poll(string packet)
    {
        await _rig.SendAsync(packet);
        Assert.Equal(1000, await _rig.CloseCodeAsync());
        await PollsOnAsync();
    }

    [Fact]
    public async Task A_client_that_takes_too_long_continues_to_poll()
    {
        await ProbeAsync();
        _rig.Time.Advance(_rig.Options.UpgradeTimeout);
        Assert.Equal(1000, await _rig.CloseCodeAsync());
        await PollsOnAsync();
    }

    [Fact]
    public async Task A_client_whose_session_ends_while_it_moves_receives_the_close_on_its_WebSocket()
    {
        await ProbeAsync();
        _rig.Session.Close(DisconnectReasons.ServerShuttingDown);
        await _rig.SendAsync("5");
        Assert.Equal(1000, await _rig.CloseCodeAsync());
        _rig.EndSending();
        await _running.WaitAsync(Eventually.Patience);
        Assert.False(_rig.IsKnown);
    }

    [Fact]
    public async Task The_session_ends_when_the_WebSocket_of_a_client_that_moved_fails()
    {
        await ProbeAsync();
        await _rig.SendAsync("5");
        _rig.Client.Takes = () => throw new InvalidOperationException("It fails.");
        await _rig.SendAsync("4hello");
        await Assert.ThrowsAsync<InvalidOperationException>(() => _running.WaitAsync(Eventually.Patience));
        Assert.Equal([DisconnectReasons.TransportError], _rig.Client.Closed);
        Assert.False(_rig.IsKnown);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private async Task ProbeAsync()
    {
        await _rig.SendAsync("2probe");
        Assert.Equal("3probe", await _rig.TextAsync());
    }

    private async Task PollsOnAsync()
    {
        _rig.EndSending();
        await _running.WaitAsync(Eventually.Patience);
        Assert.False(_rig.Session.IsClosed);
        Assert.Equal("poll", _rig.Session.Road);
        var poll = PollingRequests.PollAsync(_rig.Session, CancellationToken.None);
        _rig.Session.Send(EngineFrames.Text("4a"u8));
        Assert.Equal("4a"u8.ToArray(), (await Eventually.Get(poll))!.Value.ToArray());
    }
}
