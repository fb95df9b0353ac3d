using Waggle.Transport;
using Waggle.Transport.Timers;

namespace Waggle.SocketIO.EngineIO;

/// <summary>The heartbeat of one client: a ping in each interval, and a limit for its pong. It is one entry in the server's timer wheel.</summary>
internal sealed class HeartbeatTimer(TimerWheel wheel, TimeProvider time, SocketIOOptions options, IHeartbeatSubject subject) : WheelTimer
{
    // The number of pings over which a packet may wait for its attachments.
    private const int MaxAttachmentWaits = 2;

    private long _deadline;
    private long _ping;
    private volatile bool _isUnanswered;

    // Whether the server does not read from the client, because of a slow middleware or too many running handlers. It then cannot receive a pong.
    private volatile bool _isSuspended;

    /// <summary>The time from a ping to its pong; null before the first ping.</summary>
    public RoundTrip? RoundTrip { get; private set; }

    /// <summary>Whether the pong is overdue. The wheel fires a little late, so each request of the client checks this, too.</summary>
    public bool IsLate => time.GetTimestamp() >= Volatile.Read(ref _deadline) && !_isSuspended && !subject.IsClosed;

    public void Start()
    {
        Reset();
        wheel.Set(this, options.PingInterval);
    }

    /// <summary>Notes the client's pong and begins the next interval.</summary>
    public void Answer()
    {
        RoundTrip?.Answered(_ping, time);
        Reset();
        if (!subject.IsClosed) wheel.Set(this, options.PingInterval);
    }

    /// <summary>Suspends the limit while the server does not read from the client.</summary>
    public void Suspend() => _isSuspended = true;

    /// <summary>Begins the limit again.</summary>
    public void Resume()
    {
        Reset();
        _isSuspended = false;
    }

    /// <summary>Stops the pings.</summary>
    public void Stop() => wheel.Clear(this);

    /// <summary>Starts the time that a polling client has to fetch its last packets.</summary>
    public void ForgetLater() => wheel.Set(this, options.CloseTimeout);

    protected override void Fire()
    {
        if (subject.IsClosed) subject.Forget();
        else if (_isUnanswered && !_isSuspended) subject.CloseSoon(DisconnectReasons.PingTimeout);
        else if (subject.WaitsForAttachments() > MaxAttachmentWaits) subject.CloseSoon(DisconnectReasons.ParseError);
        else
        {
            _isUnanswered = true;
            wheel.Set(this, options.PingTimeout);
            // The next ping follows the pong of this one, so a pong needs no number on the wire.
            _ping = (RoundTrip ??= new()).Sent(time);
            subject.Ping();
        }
    }

    private void Reset()
    {
        _isUnanswered = false;
        var limit = options.PingInterval + options.PingTimeout;
        Volatile.Write(ref _deadline, time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency));
    }
}
