namespace Waggle.Core.Kernel.Metrics;

/// <summary>The work of a hive that ended since the hub started, for its readings. The owner's loop writes, any thread reads.</summary>
internal sealed class WorkTotals
{
    private long _completedTasks;
    private long _ended;
    private long _endedBadly;

    public long CompletedTasks => Volatile.Read(ref _completedTasks);

    /// <summary>Attempts that completed, failed, timed out or were lost.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Those of them that did not complete.</summary>
    public long EndedBadly => Volatile.Read(ref _endedBadly);

    public void TaskCompleted() => Volatile.Write(ref _completedTasks, _completedTasks + 1);

    public void AttemptEnded(bool badly)
    {
        Volatile.Write(ref _ended, _ended + 1);
        if (badly) Volatile.Write(ref _endedBadly, _endedBadly + 1);
    }
}
