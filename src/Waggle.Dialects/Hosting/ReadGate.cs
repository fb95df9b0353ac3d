using Waggle.Transport;
using Waggle.Transport.Timers;

namespace Waggle.Dialects.Hosting;

/// <summary>Controls whether a client is read. The gate can pause the reads for a while, and no input is taken after it is closed. Thread-safe.</summary>
internal sealed class ReadGate(TimerWheel wheel, WireMetrics? metrics)
{
    private volatile Pause? _pause;
    private volatile bool _closed;

    public bool IsPaused => _pause is not null;

    public bool IsClosed => _closed;

    /// <summary>Pauses the reads of the connection. Further input waits in the pipe, then in the sockets, then with the client.</summary>
    /// <param name="over">Completes when the connection has ended, and then ends the pause early.</param>
    public async Task PauseAsync(TimeSpan time, Task over)
    {
        metrics?.Paused();
        var pause = new Pause();
        _pause = pause;
        wheel.Set(pause, time);

        // A pause of a closed client ends at once.
        if (_closed) pause.End();
        await Task.WhenAny(pause.Over, over);
        wheel.Clear(pause);
        _pause = null;
    }

    /// <summary>Takes no further input, and ends a pause.</summary>
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
