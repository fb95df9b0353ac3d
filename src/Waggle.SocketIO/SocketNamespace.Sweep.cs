using Waggle.Transport.Timers;

namespace Waggle.SocketIO;

public sealed partial class SocketNamespace
{
    private Sweeper? _sweeper;
    private bool _sweeps;

    // What is kept for those who may come back is forgotten in time, also where nothing happens any more. Under the gate.
    private void SweepLater()
    {
        if (_sweeps || _recovery!.Sweep() is not { } next) return;
        _sweeps = true;
        Server.Wheel.Set(_sweeper ??= new Sweeper(this), next);
    }

    private void Sweep()
    {
        lock (_gate)
        {
            _sweeps = false;
            SweepLater();
        }

        Server.MaybeForget(this);
    }

    private sealed class Sweeper(SocketNamespace ns) : WheelTimer
    {
        protected override void Fire() => ns.Sweep();
    }
}
