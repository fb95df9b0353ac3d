using Waggle.Transport.Timers;

namespace Waggle.Dialects.Hosting;

/// <summary>
/// Detects dead clients: first by the time of the hello, then by any message or answer. It pings a silent client (RFC 6455 5.5.2). Thread-safe.
/// </summary>
internal sealed class KeepAlive(TimerWheel wheel, IKeepAliveSubject subject) : WheelTimer
{
    private volatile bool _heard;
    private int _unanswered;
    private bool _begun;
    private volatile bool _ended;

    /// <param name="first">The time of the first check: the time for a hello, or the first heartbeat.</param>
    public void Begin(TimeSpan first) => wheel.Set(this, first);

    public void Heard() => _heard = true;

    /// <summary>Ends the checks with the session. The timer is not set again, not even by a check that is running.</summary>
    public void End()
    {
        _ended = true;
        wheel.Clear(this);
    }

    protected override void Fire()
    {
        // A hello counts as a message, including one that arrived before the session waited.
        if (!_begun && subject.IsGreeted) _heard = true;
        else if (!_begun) subject.HelloMissed();
        _begun = true;

        // A client that is not read cannot send: it is paused, or a long request of it is running.
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

/// <summary>The connection that <see cref="KeepAlive"/> checks. Its members run on the timer wheel's thread, so they must be fast and must not block.</summary>
internal interface IKeepAliveSubject
{
    Heartbeat Heartbeat { get; }

    bool IsGreeted { get; }

    /// <summary>Whether the hub does not read the client now, so that its silence has no meaning.</summary>
    bool IsUnread { get; }

    void Ping();

    /// <summary>Called when no hello arrived in time.</summary>
    void HelloMissed();

    void Abort();
}
