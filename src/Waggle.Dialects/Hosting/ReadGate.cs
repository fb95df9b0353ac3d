using Waggle.Transport;
using Waggle.Transport.Timers;

namespace Waggle.Dialects.Hosting;

/// <summary>Whether a client is read: it can be left unread for a while, and nothing is taken of it once the gate is closed. Thread-safe.</summary>
internal sealed class ReadGate(TimerWheel wheel, WireMetrics? metrics)
{
    private volatile Pause? _pause;
    private volatile bool _closed;

    public bool IsPaused => _pause is not null;

    public bool IsClosed => _closed;

    /// <summary>Leaves the connection unread: what its client sends on waits in the pipe, then in the sockets, then with the client.</summary>
    /// <param name="over">Ends the pause early: the connection is over.</param>
    public async Task PauseAsync(TimeSpan time, Task over)
    {
        metrics?.Paused();
        var pause = new Pause();
        _pause = pause;
        wheel.Set(pause, time);

        // A client that was sent away in between is not kept waiting.
        if (_closed) pause.End();
        await Task.WhenAny(pause.Over, over);
        wheel.Clear(pause);
        _pause = null;
    }

    /// <summary>Nothing more is taken. A pause ends.</summary>
    public void Close()
    {
        _closed = true;
        _pause?.End();
    }

    private sealed class Pause : WheelTimer
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Over => _over.Task;

        public void End() => _over.TrySetResult();

        protected override void Fire() => End();
    }
}
