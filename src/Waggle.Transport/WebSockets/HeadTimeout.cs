using System.IO.Pipelines;
using Waggle.Transport.Timers;

namespace Waggle.Transport.WebSockets;

/// <summary>
/// Ends the wait for the head of a connection's first request. Whoever reads on must have stopped it: a read of theirs must not be ended by it.
/// </summary>
internal sealed class HeadTimeout(PipeReader input) : WheelTimer
{
    private readonly Lock _lock = new();
    private bool _stopped;
    private bool _over;

    /// <summary>False: it was over before.</summary>
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
