namespace Waggle.Core.Hives;

/// <summary>
/// The hive's time. It starts from the wall clock (never before the last thing written) and advances with the monotonic clock. A wall clock that moves
/// forward is followed at once: the machine slept, or was set right. One that moves back is followed by at most a tenth of the time that passes, so stored
/// times never run backwards.
/// Used by the owner's loop alone.
/// </summary>
internal sealed class HiveClock
{
    /// <summary>A lead of the wall clock beyond this is a jump; a smaller one is slewed.</summary>
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

    /// <summary>The wall clock's lead over the hive's time when last asked, before the hive's time followed it.</summary>
    public TimeSpan Offset { get; private set; }

    /// <summary>How far the last <see cref="Now"/> jumped forward with the wall clock; zero when it did not.</summary>
    public TimeSpan Jump { get; private set; }

    /// <summary>What passed on the monotonic clock between the last two calls of <see cref="Now"/>.</summary>
    public TimeSpan Passed { get; private set; }

    /// <summary>In whole milliseconds, as times are stored: what memory holds and what a restart reads are the same.</summary>
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
