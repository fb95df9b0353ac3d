namespace Waggle.Transport.Timers;

/// <summary>One timeout on a <see cref="TimerWheel"/>. It holds its own place in the wheel, so that setting it allocates nothing.</summary>
public abstract class WheelTimer
{
    internal const long NotSet = 0;

    /// <summary>The state of a timer that has left the wheel and is about to fire, unless it is reset or cleared before its turn.</summary>
    internal const long Firing = -1;

    internal WheelTimer? Next { get; set; }

    internal WheelTimer? Previous { get; set; }

    /// <summary>The tick on which the timer is due, or <see cref="NotSet"/>, or <see cref="Firing"/>.</summary>
    internal long Due { get; set; }

    /// <summary>Runs the timeout, on the wheel's thread. It may set the timer again; its exception goes to the wheel's owner.</summary>
    protected internal abstract void Fire();
}
