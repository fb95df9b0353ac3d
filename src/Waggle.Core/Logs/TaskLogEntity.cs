using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;

namespace Waggle.Core.Logs;

/// <summary>The stored ranges of a task's log, and the count of the dropped lines. It is open while the task is.</summary>
internal sealed record TaskLogEntity
{
    // Beyond this number of ranges the oldest is dropped, so that many small messages cost no more than the bytes that they count for.
    private const int MaxRanges = 64;
    private const int ChunksPerRange = 256;
    private const int RangesPerQuota = 16;

    public static EntityKind Entity { get; } = new("task_log", []);

    public int V { get; init; } = 1;
    public required string Task { get; init; }
    public required long Seq { get; init; }

    /// <summary>The number of the next chunk.</summary>
    public int NextChunk { get; init; } = 1;

    /// <summary>The stored chunks, oldest first. Those in segments that the hive no longer has are deleted.</summary>
    public IReadOnlyList<LogRange> Ranges { get; init; } = [];
    public IReadOnlyList<DroppedLog> Dropped { get; init; } = [];
    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore]
    public long Bytes => Ranges.Sum(r => r.Bytes);

    /// <summary>Returns the log with one more chunk.</summary>
    public TaskLogEntity Add(TaskLogged logged, long bytes, long segment, long quota)
    {
        var ranges = Ranges.ToList();
        var last = ranges is [.., var newest] && newest.Attempt == logged.Attempt && newest.Segment == segment
            && newest.Bytes < quota / RangesPerQuota && newest.Chunks < ChunksPerRange ? newest : null;
        if (last is not null) ranges[^1] = last with { Last = NextChunk, Lines = last.Lines + logged.Lines.Count, Bytes = last.Bytes + bytes };
        else ranges.Add(new(segment, logged.Attempt, logged.Agent, NextChunk, NextChunk, logged.Lines.Count, bytes));
        return this with { Ranges = ranges, NextChunk = NextChunk + 1 };
    }

    /// <summary>Returns the log without the segments before one.</summary>
    public TaskLogEntity From(long segment)
    {
        var log = this;
        while (log.Ranges is [var oldest, ..] && oldest.Segment < segment) log = log.WithoutOldest();
        return log;
    }

    /// <summary>Returns the oldest range if the log has more than its quota; the newest one always stays.</summary>
    public LogRange? Excess(long quota) => Ranges.Count > 1 && (Ranges.Count > MaxRanges || Bytes > quota) ? Ranges[0] : null;

    public TaskLogEntity WithoutOldest() => Drop(Ranges[0].Attempt, Ranges[0].Agent, Ranges[0].Lines, Ranges[0].Bytes) with { Ranges = [.. Ranges.Skip(1)] };

    /// <summary>Returns the log with a count of lines that it does not have.</summary>
    public TaskLogEntity Drop(int attempt, string agent, long lines, long bytes)
    {
        var dropped = Dropped.ToList();
        var at = dropped.FindIndex(d => d.Attempt == attempt);
        if (at >= 0) dropped[at] = dropped[at] with { Lines = dropped[at].Lines + lines, Bytes = dropped[at].Bytes + bytes };
        else dropped.Add(new(attempt, agent, lines, bytes));
        return this with { Dropped = dropped };
    }
}

/// <summary>Consecutive chunks of an attempt within one segment.</summary>
/// <param name="First">The number of the first chunk within the task's log.</param>
/// <param name="Last">The number of the last chunk within the task's log.</param>
internal sealed record LogRange(long Segment, int Attempt, string Agent, int First, int Last, long Lines, long Bytes)
{
    [JsonIgnore]
    public int Chunks => Last - First + 1;
}

/// <summary>The lines of an attempt that the store does not have (any more).</summary>
internal sealed record DroppedLog(int Attempt, string Agent, long Lines, long Bytes);
