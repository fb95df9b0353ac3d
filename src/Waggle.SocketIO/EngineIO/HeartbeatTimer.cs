using Waggle.Transport.Timers;

namespace Waggle.SocketIO.EngineIO;

/// <summary>The heartbeat of one client: a ping in each interval, and a limit for its pong. It is one place in the server's wheel.</summary>
internal sealed class HeartbeatTimer(TimerWheel wheel, TimeProvider time, SocketIOOptions options, IHeartbeatSubject subject) : WheelTimer
{
    // A packet may wait for its attachments over so many pings.
    private const int MaxAttachmentWaits = 2;

    private long _deadline;
    private volatile bool _isUnanswered;

    // A client that is not read cannot be heard: a slow middleware, or more handlers at work than may be.
    private volatile bool _isSuspended;

    /// <summary>The pong is overdue. The wheel fires a little late; a request of the client need not be.</summary>
    public bool IsLate => time.GetTimestamp() >= Volatile.Read(ref _deadline) && !_isSuspended && !subject.IsClosed;

    public void Start()
    {
        Reset();
        wheel.Set(this, options.PingInterval);
    }

    /// <summary>The client answered: the next interval begins.</summary>
    public void Answer()
    {
        Reset();
        if (!subject.IsClosed) wheel.Set(this, options.PingInterval);
    }

    /// <summary>The client is not read for a while, which is not its fault.</summary>
    public void Suspend() => _isSuspended = true;

    public void Resume()
    {
        Reset();
        _isSuspended = false;
    }

    /// <summary>No ping any more.</summary>
    public void Stop() => wheel.Clear(this);

    /// <summary>The client has some time to fetch its last packet.</summary>
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
