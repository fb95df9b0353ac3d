namespace Waggle.Core.Hives.Metrics;

/// <summary>What the owner's loop did: totals since the hub started, and the longest since somebody last took them.</summary>
public sealed record HiveFigures
{
    public long CompletedTasks { get; init; }

    /// <summary>Attempts that ended by themselves: completed, failed, timed out, lost.</summary>
    public long Ended { get; init; }

    /// <summary>Those of them that did not complete.</summary>
    public long EndedBadly { get; init; }

    public long Turns { get; init; }

    public TimeSpan TurnTime { get; init; }

    /// <summary>The turn under way included, with what it took so far.</summary>
    public TimeSpan LongestTurn { get; init; }

    public long Commits { get; init; }

    public TimeSpan CommitTime { get; init; }

    public TimeSpan LongestCommit { get; init; }

    public long FailedCommits { get; init; }

    public int Inbox { get; init; }

    /// <summary>When what is past its retention was last gone through, as a timestamp of the hive's clock; null: not yet.</summary>
    public long? PrunedAt { get; init; }
}

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
