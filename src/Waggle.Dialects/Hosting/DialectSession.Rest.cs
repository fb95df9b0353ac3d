using Waggle.Transport.Timers;

namespace Waggle.Dialects.Hosting;

public sealed partial class DialectSession
{
    private volatile Rest? _rest;

    /// <summary>Leaves the connection unread: what its client sends on waits in the pipe, then in the sockets, then with the client.</summary>
    private async Task RestAsync(TimeSpan time)
    {
        _host.Wires?.Paused();
        var rest = new Rest();
        _rest = rest;
        _host.Wheel.Set(rest, time);

        // Nobody rests who was sent away in between.
        if (_leaving) rest.End();
        await Task.WhenAny(rest.Over, _connection.Completion);
        _host.Wheel.Clear(rest);
        _rest = null;
    }

    private void StopTaking()
    {
        _leaving = true;
        _rest?.End();
    }

    private sealed class Rest : WheelTimer
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Over => _over.Task;

        public void End() => _over.TrySetResult();

        protected override void Fire() => End();
    }
}
