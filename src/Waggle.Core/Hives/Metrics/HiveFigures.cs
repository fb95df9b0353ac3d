namespace Waggle.Core.Hives.Metrics;

/// <summary>What the owner's loop did: totals since the hub started, and the longest since somebody last took them.</summary>
/// <param name="Ended">Attempts that ended by themselves: completed, failed, timed out, lost.</param>
/// <param name="EndedBadly">Those of them that did not complete.</param>
/// <param name="LongestTurn">The turn under way included, with what it took so far.</param>
/// <param name="PrunedAt">When what is past its retention was last gone through, as a timestamp of the hive's clock; null: not yet.</param>
public sealed record HiveFigures(
    long CompletedTasks = 0,
    long Ended = default,
    long EndedBadly = default,
    long Turns = default,
    TimeSpan TurnTime = default,
    TimeSpan LongestTurn = default,
    long Commits = default,
    TimeSpan CommitTime = default,
    TimeSpan LongestCommit = default,
    long FailedCommits = default,
    int Inbox = default,
    long? PrunedAt = null);

/// <summary>Times of one sort: how many, how long together, the longest. Written by one thread, taken by another.</summary>
internal sealed class Durations
{
    private long _count;
    private long _ticks;
    private long _longest;

    public long Count => Volatile.Read(ref _count);

    public TimeSpan Total => TimeSpan.FromTicks(Volatile.Read(ref _ticks));

    public void Add(TimeSpan took)
    {
        Volatile.Write(ref _count, _count + 1);
        Volatile.Write(ref _ticks, _ticks + took.Ticks);
        if (took.Ticks > Volatile.Read(ref _longest)) Volatile.Write(ref _longest, took.Ticks);
    }

    /// <summary>The longest since the last time that this was asked.</summary>
    public TimeSpan TakeLongest() => TimeSpan.FromTicks(Interlocked.Exchange(ref _longest, 0));
}
