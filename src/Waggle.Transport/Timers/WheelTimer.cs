namespace Waggle.Transport.Timers;

/// <summary>One timeout on a <see cref="TimerWheel"/>. It carries its own place in the wheel, so that setting it allocates nothing.</summary>
public abstract class WheelTimer
{
    internal WheelTimer? Next { get; set; }

    internal WheelTimer? Previous { get; set; }

    /// <summary>The tick on which it is due; 0 if it is not set.</summary>
    internal long Due { get; set; }

    /// <summary>On the wheel's thread. It may be set again from here.</summary>
    protected internal abstract void Fire();
}
