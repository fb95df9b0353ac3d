using System.IO.Pipelines;
using Waggle.Transport.Timers;

namespace Waggle.Transport.WebSockets;

/// <summary>
/// Ends the wait for the head of a connection's first request. The next reader must stop it first, so that it does not end that reader's wait.
/// </summary>
internal sealed class HeadTimeout(PipeReader input) : WheelTimer
{
    private readonly Lock _lock = new();
    private bool _stopped;
    private bool _over;

    /// <summary>Stops the timeout. Returns false if it has fired.</summary>
    public bool TryStop()
    {
        lock (_lock)
        {
            _stopped = true;
            return !_over;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            if (_stopped) return;
            _over = true;
            input.CancelPendingRead();
        }
    }

    protected internal override void Fire() => End();
}
