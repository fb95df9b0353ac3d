namespace Waggle.Core.Hives;

/// <summary>
/// The hive's time. It starts from the wall clock (never before the last thing written), advances with the monotonic clock and is drawn towards
/// the wall clock by at most a tenth of what passes. So a wall clock that jumps an hour neither ends leases nor freezes them, and stored times never run backwards.
/// Used by the owner's loop alone.
/// </summary>
internal sealed class HiveClock
{
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

    /// <summary>The wall clock's lead over the hive's time when last asked.</summary>
    public TimeSpan Offset { get; private set; }

    /// <summary>In whole milliseconds, as times are stored: what memory holds and what a restart reads are the same.</summary>
    public DateTimeOffset Now()
    {
        var stamp = _time.GetTimestamp();
        var passed = _time.GetElapsedTime(_stamp, stamp);
        _stamp = stamp;
        var straight = _now + passed;
        Offset = _time.GetUtcNow() - straight;
        var most = passed * MaxSlew;
        var slew = Offset > most ? most : Offset < -most ? -most : Offset;
        _now = straight + slew;
        return new DateTimeOffset(_now.Ticks - (_now.Ticks % TimeSpan.TicksPerMillisecond), _now.Offset);
    }
}
