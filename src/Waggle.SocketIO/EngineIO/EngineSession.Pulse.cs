namespace Waggle.SocketIO.EngineIO;

internal sealed partial class EngineSession
{
    private long _deadline;
    private volatile bool _asked;

    // Who is not read cannot be heard: a slow middleware, or more handlers at work than may be.
    private volatile bool _busy;

    /// <summary>It should have answered by now. The wheel is late by a little; whoever asks need not be.</summary>
    private bool IsLate => _server.Time.GetTimestamp() >= Volatile.Read(ref _deadline) && !_busy && !IsClosed;

    protected override void Fire()
    {
        if (IsClosed)
        {
            // It did not fetch its last words.
            _server.Forget(this);
            return;
        }

        if (_asked && !_busy)
        {
            CloseSoon(DisconnectReasons.PingTimeout);
            return;
        }

        if (Client.WaitsForAttachments() > 2)
        {
            CloseSoon(DisconnectReasons.ParseError);
            return;
        }

        _asked = true;
        _server.Wheel.Set(this, _server.Options.PingTimeout);
        Send(EngineFrames.Ping);
    }

    private void Pong()
    {
        Heard();
        if (!IsClosed) _server.Wheel.Set(this, _server.Options.PingInterval);
    }

    private void Heard()
    {
        _asked = false;
        var patience = _server.Options.PingInterval + _server.Options.PingTimeout;
        Volatile.Write(ref _deadline, _server.Time.GetTimestamp() + (long)(patience.TotalSeconds * _server.Time.TimestampFrequency));
    }
}
