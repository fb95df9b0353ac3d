namespace Waggle.Core.Hives;

/// <summary>
/// The hive's time. It starts from the wall clock, never before the time of the last write, and advances with the monotonic clock. It follows a wall clock that
/// moves forward at once, because the machine slept or its clock was corrected. It follows a wall clock that moves back by at most a tenth of the elapsed time,
/// so stored times never run backwards. Only the owner's loop uses it.
/// </summary>
internal sealed class HiveClock
{
    /// <summary>The lead of the wall clock above which the hive's time jumps; it follows a smaller lead gradually.</summary>
    public static readonly TimeSpan JumpFrom = TimeSpan.FromSeconds(2);

    private const double MaxSlew = 0.1;
    private readonly TimeProvider _time;
    private long _stamp;
    private DateTimeOffset _now;

    public HiveClock(TimeProvider time, DateTimeOffset notBefore)
    {
        _time = time;
        _stamp = time.GetTimestamp();
        var wall = time.GetUtcNow();
        _now = wall > notBefore ? wall : notBefore;
    }

    /// <summary>The wall clock's lead over the hive's time at the last reading, before the hive's time followed it.</summary>
    public TimeSpan Offset { get; private set; }

    /// <summary>The distance by which the last <see cref="Now"/> jumped forward with the wall clock; zero without a jump.</summary>
    public TimeSpan Jump { get; private set; }

    /// <summary>The time that elapsed on the monotonic clock between the last two calls of <see cref="Now"/>.</summary>
    public TimeSpan Passed { get; private set; }

    /// <summary>Returns the time in whole milliseconds, as the store keeps it, so that memory and a restart hold the same values.</summary>
    public DateTimeOffset Now()
    {
        var stamp = _time.GetTimestamp();
        Passed = _time.GetElapsedTime(_stamp, stamp);
        _stamp = stamp;
        var straight = _now + Passed;
        Offset = _time.GetUtcNow() - straight;
        var most = Passed * MaxSlew;
        Jump = Offset > JumpFrom ? Offset : TimeSpan.Zero;
        var follow = Jump > TimeSpan.Zero ? Jump : Offset > most ? most : Offset < -most ? -most : Offset;
        _now = straight + follow;
        return new DateTimeOffset(_now.Ticks - (_now.Ticks % TimeSpan.TicksPerMillisecond), _now.Offset);
    }
}
