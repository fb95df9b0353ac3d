using System.Globalization;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Logs;

/// <summary>Builds a page of a task's log from its chunks.</summary>
/// <param name="log">The counts of the task's log; null if it has none.</param>
/// <param name="oldest">The oldest stored segment; null if the hive never stored a line.</param>
/// <param name="only">The one attempt whose lines the page has; null for all.</param>
internal sealed class LogPages(TaskView task, TaskLogEntity? log, LogSegmentEntity? oldest, int? only)
{
    private readonly List<AttemptLog> _attempts = [];

    /// <summary>Returns the page of the first lines after a number.</summary>
    /// <param name="next">The number after which the next page starts; null if there are no more chunks.</param>
    public TaskLogPage After(IReadOnlyList<LogChunkEntity> chunks, long after, int limit, long? next)
    {
        if (after == 0) BeginWithDropped();
        var last = after;
        var left = limit;
        foreach (var chunk in chunks)
        {
            if (left == 0) return Page(last, more: true);
            var skipped = (int)Math.Max(0, after - chunk.First + 1);
            var count = Math.Min(left, chunk.Lines.Count - skipped);
            Add(chunk, skipped, count);
            left -= count;
            last = chunk.First + skipped + count - 1;
            if (last < chunk.Seq) return Page(last, more: true);
        }

        return Page(next ?? last, more: next is not null);
    }

    /// <summary>Returns the page of the last lines.</summary>
    /// <param name="chunks">The newest chunks, the newest first.</param>
    public TaskLogPage Last(IReadOnlyList<LogChunkEntity> chunks, int limit)
    {
        BeginWithDropped();
        var skipped = Math.Max(0, chunks.Sum(c => c.Lines.Count) - limit);
        for (var i = chunks.Count - 1; i >= 0; i--)
        {
            var some = Math.Min(skipped, chunks[i].Lines.Count);
            skipped -= some;
            if (some < chunks[i].Lines.Count) Add(chunks[i], some, chunks[i].Lines.Count - some);
        }

        return Page(chunks is [var newest, ..] ? newest.Seq : 0, more: false);
    }

    private void BeginWithDropped()
    {
        foreach (var dropped in log?.Dropped ?? [])
        {
            if (only is null || only == dropped.Attempt) _attempts.Add(new(dropped.Attempt, dropped.Agent, dropped.Lines, []));
        }
    }

    private void Add(LogChunkEntity chunk, int skipped, int count)
    {
        var attempt = _attempts.Find(a => a.Attempt == chunk.Attempt);
        if (attempt is null)
        {
            var dropped = log?.Dropped.FirstOrDefault(d => d.Attempt == chunk.Attempt)?.Lines ?? 0;
            _attempts.Add(attempt = new(chunk.Attempt, chunk.Agent, dropped, new List<TaskLogLine>()));
        }
        else if (attempt.Lines is not List<TaskLogLine>)
        {
            _attempts[_attempts.IndexOf(attempt)] = attempt = attempt with { Lines = new List<TaskLogLine>() };
        }

        var lines = (List<TaskLogLine>)attempt.Lines;
        for (var i = skipped; i < skipped + count; i++) lines.Add(new(chunk.First + i, chunk.At, chunk.Level, chunk.Lines[i]));
    }

    private TaskLogPage Page(long last, bool more)
    {
        var gone = log?.Dropped.Where(d => only is null || only == d.Attempt).ToArray() ?? [];
        return new()
        {
            Task = task.Id,
            Since = oldest is { No: > 1 } && oldest.Since > task.CreatedAt ? oldest.Since : task.CreatedAt,
            Attempts = [.. _attempts.OrderBy(a => a.Attempt)],
            Dropped = gone is [] ? null : new(gone.Sum(d => d.Lines), gone.Sum(d => d.Bytes), LogDropPolicy.DropOldest),
            Cursor = last.ToString(CultureInfo.InvariantCulture),
            More = more,
        };
    }
}
