namespace Waggle.Core.Kernel.Metrics;

/// <summary>The figures of the owner's loop: totals since the hub's start, and the longest times since the last reading.</summary>
public sealed record HiveFigures
{
    public long CompletedTasks { get; init; }

    /// <summary>The number of attempts that completed, failed, timed out or were lost.</summary>
    public long Ended { get; init; }

    /// <summary>The number of those attempts that did not complete.</summary>
    public long EndedBadly { get; init; }

    public long Turns { get; init; }

    public TimeSpan TurnTime { get; init; }

    /// <summary>The longest turn, including the time so far of the turn under way.</summary>
    public TimeSpan LongestTurn { get; init; }

    public long Commits { get; init; }

    public TimeSpan CommitTime { get; init; }

    public TimeSpan LongestCommit { get; init; }

    public long FailedCommits { get; init; }

    public int Inbox { get; init; }

    /// <summary>The time of the last pass of retention, as a timestamp of the hive's clock; null before the first.</summary>
    public long? PrunedAt { get; init; }
}

/// <summary>Durations of one sort: count, sum and maximum. One thread writes, another reads.</summary>
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

    /// <summary>Returns the longest duration since the last call.</summary>
    public TimeSpan TakeLongest() => TimeSpan.FromTicks(Interlocked.Exchange(ref _longest, 0));
}
