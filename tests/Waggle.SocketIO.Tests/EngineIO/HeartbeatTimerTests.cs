using Waggle.SocketIO.EngineIO;
using Waggle.Transport.Timers;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class HeartbeatTimerTests : IHeartbeatSubject, IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly SocketIOOptions _options = new() { PingInterval = TimeSpan.FromSeconds(10), PingTimeout = TimeSpan.FromSeconds(4) };
    private readonly FakeTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly HeartbeatTimer _heartbeat;
    private readonly List<string> _events = [];
    private bool _isClosed;
    private bool _isHalf;
    private int _asked;

    public HeartbeatTimerTests()
    {
        _wheel = new TimerWheel(_time, Tick, e => Assert.Fail(e.Message));
        _heartbeat = new HeartbeatTimer(_wheel, _time, _options, this);
        _heartbeat.Start();
    }

    bool IHeartbeatSubject.IsClosed => _isClosed;

    [Fact]
    public void A_ping_is_sent_one_interval_after_each_pong()
    {
        Pass(9.9);
        Assert.Empty(_events);
        Pass(0.2);
        Assert.Equal(["ping"], _events);
        Pass(3);
        _heartbeat.Answer();
        Pass(9.9);
        Assert.Equal(["ping"], _events);
        Pass(0.2);
        Assert.Equal(["ping", "ping"], _events);
    }

    [Fact]
    public void The_time_from_a_ping_to_its_pong_is_measured()
    {
        while (_events.Count == 0) _time.Advance(Tick);
        _time.Advance(TimeSpan.FromMilliseconds(35));
        _heartbeat.Answer();
        Assert.Equal((TimeSpan.FromMilliseconds(35), null), (_heartbeat.RoundTrip!.Last, _heartbeat.RoundTrip.Jitter));
    }

    [Fact]
    public void A_client_without_a_pong_is_closed()
    {
        Pass(14.2);
        Assert.Equal(["ping", DisconnectReasons.PingTimeout], _events);
    }

    [Fact]
    public void A_request_finds_an_overdue_pong_before_the_wheel_does()
    {
        Pass(13.9);
        Assert.False(_heartbeat.IsLate);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(_heartbeat.IsLate);
        _isClosed = true;
        Assert.False(_heartbeat.IsLate);
    }

    [Fact]
    public void A_client_from_which_the_server_does_not_read_is_not_late()
    {
        _heartbeat.Suspend();
        Pass(60);
        Assert.False(_heartbeat.IsLate);
        Assert.DoesNotContain(DisconnectReasons.PingTimeout, _events);
        _heartbeat.Resume();
        Pass(60);
        Assert.Equal(DisconnectReasons.PingTimeout, _events[^1]);
    }

    [Fact]
    public void A_packet_may_wait_for_its_attachments_over_two_pings()
    {
        _isHalf = true;
        for (var i = 0; i < 2; i++)
        {
            Pass(10.1);
            _heartbeat.Answer();
        }

        Assert.Equal(["ping", "ping"], _events);
        Pass(10.1);
        Assert.Equal(DisconnectReasons.ParseError, _events[^1]);
    }

    [Fact]
    public void A_stopped_timer_does_nothing_and_a_closed_session_is_removed_later()
    {
        _heartbeat.Stop();
        Pass(60);
        Assert.Empty(_events);
        _isClosed = true;
        _heartbeat.Answer();
        Pass(60);
        Assert.Empty(_events);
        _heartbeat.ForgetLater();
        Pass(_options.CloseTimeout.TotalSeconds + 0.1);
        Assert.Equal(["forget"], _events);
    }

    void IHeartbeatSubject.Ping() => _events.Add("ping");

    int IHeartbeatSubject.WaitsForAttachments() => _isHalf ? ++_asked : 0;

    void IHeartbeatSubject.CloseSoon(string reason) => _events.Add(reason);

    void IHeartbeatSubject.Forget() => _events.Add("forget");

    public void Dispose() => _wheel.Dispose();

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
