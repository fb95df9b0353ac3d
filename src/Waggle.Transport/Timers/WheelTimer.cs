namespace Waggle.Transport.Timers;

/// <summary>One timeout on a <see cref="TimerWheel"/>. It carries its own place in the wheel, so that setting it allocates nothing.</summary>
public abstract class WheelTimer
{
    internal const long NotSet = 0;

    /// <summary>Out of the wheel and about to fire, unless it is set anew or cleared before its turn.</summary>
    internal const long Firing = -1;

    internal WheelTimer? Next { get; set; }

    internal WheelTimer? Previous { get; set; }

    /// <summary>The tick on which it is due, or <see cref="NotSet"/>, or <see cref="Firing"/>.</summary>
    internal long Due { get; set; }

    /// <summary>On the wheel's thread. It may be set again from here; what it throws goes to the wheel's owner.</summary>
    protected internal abstract void Fire();
}
