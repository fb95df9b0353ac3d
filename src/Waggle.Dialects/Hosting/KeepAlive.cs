using Waggle.Transport.Timers;

namespace Waggle.Dialects.Hosting;

/// <summary>
/// Whether a client still lives: first by its hello, then by anything that it says or answers. A silent one is pinged (RFC 6455 5.5.2). Thread-safe.
/// </summary>
internal sealed class KeepAlive(TimerWheel wheel, IKeepAliveSubject subject) : WheelTimer
{
    private volatile bool _heard;
    private int _unanswered;
    private bool _begun;
    private volatile bool _ended;

    /// <param name="first">When the first look is taken: the time for a hello, or the first heartbeat.</param>
    public void Begin(TimeSpan first) => wheel.Set(this, first);

    public void Heard() => _heard = true;

    /// <summary>The session is over: it is not set again, also by a fire that is under way.</summary>
    public void End()
    {
        _ended = true;
        wheel.Clear(this);
    }

    protected override void Fire()
    {
        // A hello is something heard, also one that came before the session waited for anything.
        if (!_begun && subject.IsGreeted) _heard = true;
        else if (!_begun) subject.HelloMissed();
        _begun = true;

        // A client that is not read cannot be heard: a pause, or something long that it asked for.
        _heard |= subject.IsUnread;
        var heartbeat = subject.Heartbeat;
        if (!_heard && _unanswered == heartbeat.Unanswered)
        {
            subject.Abort();
            return;
        }

        _unanswered = _heard ? 0 : _unanswered + 1;
        _heard = false;
        wheel.Set(this, _unanswered > 0 ? heartbeat.Timeout : heartbeat.Every);
        if (_ended) wheel.Clear(this);
        else if (_unanswered > 0 || heartbeat.Always) subject.Ping();
    }
}

/// <summary>What <see cref="KeepAlive"/> watches. Called on the timer wheel's thread: quick, and never blocking.</summary>
internal interface IKeepAliveSubject
{
    Heartbeat Heartbeat { get; }

    bool IsGreeted { get; }

    /// <summary>The hub does not read the client now, so its silence means nothing.</summary>
    bool IsUnread { get; }

    void Ping();

    /// <summary>No hello came in time.</summary>
    void HelloMissed();

    void Abort();
}
