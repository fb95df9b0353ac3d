using Waggle.Core.Kernel;

namespace Waggle.Core.Logs;

/// <summary>The segments of a hive, oldest first. Only the owner's loop uses it.</summary>
internal sealed class LogSegments(EntityTable<LogSegmentEntity> table, HiveOptions options)
{
    // Of the quota and of the retention. A smaller slice deletes closer to them, a larger one costs fewer entities.
    private const int Slices = 32;

    private readonly List<LogSegmentEntity> _kept = [];
    private long _dropped;

    public long Bytes { get; private set; }

    public LogSegmentEntity? Oldest => _kept is [var oldest, ..] ? oldest : null;

    /// <summary>The number of the next line.</summary>
    public long Next => _kept is [.., var newest] ? newest.Next : 1;

    /// <summary>The time at which the oldest segment expires; null if no line is stored.</summary>
    public DateTimeOffset? Due => _kept is [{ IsEmpty: false } oldest, ..] ? oldest.Until + options.TaskLogRetention : null;

    public void Load()
    {
        _dropped = 0;
        _kept.Clear();
        _kept.AddRange(table.Open.OrderBy(s => s.No));
        Bytes = _kept.Sum(s => s.Bytes);
    }

    /// <summary>Counts lines and returns their segment. Beyond the quota of all lines it drops the oldest segments.</summary>
    public long Add(int lines, long bytes, DateTimeOffset at)
    {
        var newest = _kept is [.., var last] ? last : null;
        if (newest is null || IsFull(newest, at)) newest = Begin(at);
        newest = newest with { Until = at, Next = newest.Next + lines, Lines = newest.Lines + lines, Bytes = newest.Bytes + bytes };
        _kept[^1] = newest;
        Bytes += bytes;
        table.Put(newest);
        while (Bytes > options.TaskLogTotalQuota && _kept.Count > 1) DropOldest(at);
        return newest.No;
    }

    /// <summary>Counts lines of a segment that a task dropped.</summary>
    public void Release(long segment, long lines, long bytes)
    {
        var at = _kept.FindIndex(s => s.No == segment);
        if (at < 0) return;
        _kept[at] = _kept[at] with { Lines = _kept[at].Lines - lines, Bytes = _kept[at].Bytes - bytes };
        Bytes -= bytes;
        table.Put(_kept[at]);
    }

    public void Expire(DateTimeOffset now)
    {
        while (Due <= now) DropOldest(now);
    }

    /// <summary>Returns the number of lines that were deleted with their segments since the last call.</summary>
    public long TakeDropped()
    {
        var dropped = _dropped;
        _dropped = 0;
        return dropped;
    }

    private bool IsFull(LogSegmentEntity segment, DateTimeOffset at) =>
        !segment.IsEmpty && (segment.Bytes >= options.TaskLogTotalQuota / Slices || at - segment.Since >= options.TaskLogRetention / Slices);

    // One segment always remains, because it has the number of the next line.
    private void DropOldest(DateTimeOffset at)
    {
        if (_kept.Count == 1) Begin(at);
        Bytes -= _kept[0].Bytes;
        _dropped += _kept[0].Lines;
        table.Remove(_kept[0].Id);
        _kept.RemoveAt(0);
    }

    private LogSegmentEntity Begin(DateTimeOffset at)
    {
        var begun = new LogSegmentEntity { No = _kept is [.., var last] ? last.No + 1 : 1, Since = at, Until = at, First = Next, Next = Next };
        _kept.Add(begun);
        table.Put(begun);
        return begun;
    }
}
