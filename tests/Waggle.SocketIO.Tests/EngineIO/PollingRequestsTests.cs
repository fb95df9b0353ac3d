using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class PollingRequestsTests : IAsyncDisposable
{
    private readonly EngineRig _rig = new();

    public PollingRequestsTests() => _rig.Session.Transport.BeginPolling();

    [Fact]
    public async Task A_poll_returns_the_packets_that_were_sent_while_it_waited()
    {
        var poll = PollingRequests.PollAsync(_rig.Session, CancellationToken.None);
        _rig.Session.Send(EngineFrames.Text("4a"u8));
        Assert.Equal("4a"u8.ToArray(), (await Eventually.Get(poll))!.Value.ToArray());
    }

    [Fact]
    public async Task A_second_poll_closes_the_session()
    {
        var poll = PollingRequests.PollAsync(_rig.Session, CancellationToken.None);
        Assert.Null(await PollingRequests.PollAsync(_rig.Session, CancellationToken.None));
        Assert.Equal(DisconnectReasons.TransportError, _rig.Session.ClosedFor);
        await Eventually.Get(poll);
    }

    [Fact]
    public async Task A_poll_whose_request_ended_closes_the_session()
    {
        using var gone = new CancellationTokenSource();
        var poll = PollingRequests.PollAsync(_rig.Session, gone.Token);
        await gone.CancelAsync();
        await Eventually.Get(poll);
        Assert.Equal(DisconnectReasons.TransportError, _rig.Session.ClosedFor);
    }

    [Fact]
    public async Task A_request_of_a_client_whose_pong_is_overdue_is_rejected()
    {
        _rig.Time.Advance(_rig.Options.PingInterval);
        Assert.True(PollingRequests.TryBeginPost(_rig.Session));
        Assert.True(await PollingRequests.PostAsync(_rig.Session, "3"u8.ToArray()));
        _rig.Time.Advance(_rig.Options.PingTimeout);
        Assert.True(PollingRequests.TryBeginPost(_rig.Session));
        Assert.True(await PollingRequests.PostAsync(_rig.Session, "4a"u8.ToArray()));
        _rig.Time.Advance(_rig.Options.PingInterval);
        Assert.False(PollingRequests.TryBeginPost(_rig.Session));
        Assert.Equal(DisconnectReasons.PingTimeout, _rig.Session.ClosedFor);
    }

    [Fact]
    public async Task The_packets_of_a_post_are_processed_in_order()
    {
        Assert.True(PollingRequests.TryBeginPost(_rig.Session));
        Assert.True(await PollingRequests.PostAsync(_rig.Session, "4a\u001ebAQI=\u001e4b"u8.ToArray()));
        Assert.Equal(["a", "b"], _rig.Client.Texts);
        Assert.Equal([1, 2], Assert.Single(_rig.Client.Binaries));
        Assert.True(PollingRequests.TryBeginPost(_rig.Session));
    }

    [Theory]
    [InlineData(new byte[] { 0xff }, DisconnectReasons.ParseError)]
    [InlineData(new byte[] { (byte)'b', (byte)'*' }, DisconnectReasons.ParseError)]
    [InlineData(new byte[] { (byte)'2' }, DisconnectReasons.TransportError)]
    public async Task A_post_that_violates_the_protocol_ends_the_session(byte[] body, string reason)
    {
        Assert.True(PollingRequests.TryBeginPost(_rig.Session));
        Assert.False(await PollingRequests.PostAsync(_rig.Session, body));
        Assert.Equal([reason], _rig.Client.Closed);
    }

    [Fact]
    public async Task A_post_with_a_close_is_accepted_and_ends_the_session()
    {
        Assert.True(PollingRequests.TryBeginPost(_rig.Session));
        Assert.True(await PollingRequests.PostAsync(_rig.Session, "1"u8.ToArray()));
        Assert.Equal([DisconnectReasons.TransportClose], _rig.Client.Closed);
        Assert.False(_rig.IsKnown);
    }

    [Fact]
    public async Task Two_posts_at_once_close_the_session()
    {
        Assert.True(PollingRequests.TryBeginPost(_rig.Session));
        Assert.False(PollingRequests.TryBeginPost(_rig.Session));
        Assert.Equal(DisconnectReasons.TransportError, _rig.Session.ClosedFor);
        Assert.False(await PollingRequests.PostAsync(_rig.Session, "4late"u8.ToArray()));
    }

    [Fact]
    public async Task A_session_stays_known_until_its_client_has_fetched_the_end()
    {
        _rig.Session.Close(DisconnectReasons.ServerShuttingDown);
        Assert.True(_rig.IsKnown);
        Assert.Equal("1"u8.ToArray(), (await PollingRequests.PollAsync(_rig.Session, CancellationToken.None))!.Value.ToArray());
        Assert.False(_rig.IsKnown);
    }

    [Fact]
    public void A_session_whose_client_does_not_fetch_the_end_is_removed_after_a_time()
    {
        _rig.Session.Close(DisconnectReasons.ServerShuttingDown);
        _rig.Time.Advance(_rig.Options.CloseTimeout - TimeSpan.FromSeconds(1));
        Assert.True(_rig.IsKnown);
        _rig.Time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.False(_rig.IsKnown);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();
}
