using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Logs;
using Waggle.Core.Ports;
using Waggle.Core.Questions;
using Waggle.Core.Search;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Searching;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>The steps of a purge. Each call does a part of one and returns the command that stores how far it is.</summary>
internal sealed class PurgeSteps(HiveReader reader, ILogEraser eraser, ILogger log)
{
    // A task may bring a megabyte, and the batch is one turn of the owner's loop.
    private const int Batch = 20;
    private const int ChunkBatch = 200;
    private const int BlobBatch = 200;

    private static readonly TimeSpan IndexPatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly PurgeEntrySteps _entries = new(reader);

    private readonly PurgeLog _log = new(reader, eraser, log);

    public Principal By => Principal.Hub(reader.Options.Hive);

    public Task<PurgeCommand> RunAsync(PurgeEntity purge, CancellationToken stop) => purge.Progress.Step switch
    {
        PurgeStep.Tasks => TasksAsync(purge, stop),
        PurgeStep.Memory => _entries.MemoryAsync(purge, stop),
        PurgeStep.Messages => _entries.MessagesAsync(purge, stop),
        PurgeStep.Blobs => BlobsAsync(purge, stop),
        PurgeStep.Log => _log.RunAsync(purge, stop),
        _ => throw new InvalidOperationException($"Purge {purge.Id} has no step {purge.Progress.Step} of its own."),
    };

    private async Task<PurgeCommand> TasksAsync(PurgeEntity purge, CancellationToken stop)
    {
        var cursor = purge.Progress.Cursor;
        IReadOnlyList<TaskEntity> tasks;
        do (tasks, cursor) = await PurgeScope.TasksAsync(reader, purge.Spec, cursor, purge.Seq, Batch, stop);
        while (tasks.Count == 0 && cursor is not null);

        TaskEntity[] all = [.. tasks, .. await EndedReviewsAsync(tasks, stop)];
        var ended = all.Where(t => t.State.IsTerminal()).Select(t => t.Id).ToArray();
        await DeleteLinesAsync(purge, ended, stop);
        var questions = await IdsAsync(QuestionEntity.Entity, "task", ended, int.MaxValue, stop);
        var next = cursor is null
            ? purge.Progress with { Step = PurgeStep.Memory, Cursor = null }
            : purge.Progress with { Cursor = cursor };
        return new PurgeTasks(purge.Id, [.. all.Select(t => new PurgedTask(t.Id, t.Attempt, t.State.IsTerminal()))], questions, next) { By = By };
    }

    /// <summary>Returns the reviews of tasks. The end of a task cancels its open reviews, so they end soon.</summary>
    /// <exception cref="StoreException">A review of an ended task has not ended.</exception>
    private async Task<IReadOnlyList<TaskEntity>> EndedReviewsAsync(IReadOnlyList<TaskEntity> tasks, CancellationToken stop)
    {
        var reviews = await PurgeScope.ReviewsAsync(reader, tasks, stop);
        var ended = tasks.Where(t => t.State.IsTerminal()).Select(t => t.Id).ToHashSet(StringComparer.Ordinal);
        return reviews.FirstOrDefault(r => !r.State.IsTerminal() && ended.Contains(r.Verifies!)) is { } open
            ? throw new StoreException($"Review {open.Id} of task {open.Verifies} has a copy of its payload and has not ended yet.")
            : reviews;
    }

    private async Task DeleteLinesAsync(PurgeEntity purge, string[] tasks, CancellationToken stop)
    {
        while (await IdsAsync(LogChunkEntity.Entity, LogChunkEntity.TaskColumn, tasks, ChunkBatch, stop) is { Count: > 0 } chunks)
        {
            var outcome = await reader.AskAsync(new PurgeLogLines(purge.Id, chunks) { By = By }, stop);
            if (outcome.Error is { } error) throw new StoreException(error.Message);
        }
    }

    private async Task<IReadOnlyList<string>> IdsAsync(EntityKind kind, string column, string[] values, int most, CancellationToken stop)
    {
        var ids = new List<string>();
        if (values.Length == 0) return ids;
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [column] = values };
        for (long? after = 0; after is not null && ids.Count < most;)
        {
            var page = await reader.QueryAsync(new EntityQuery(kind.Name, equal, Ascending: true, after, ChunkBatch), stop);
            ids.AddRange(page.Entities.Select(e => e.Id));
            after = page.Entities.Count == ChunkBatch ? page.Entities[^1].Seq : null;
        }

        return ids;
    }

    /// <summary>Deletes the results of purged tasks, also those of attempts that did not end them.</summary>
    private async Task<PurgeCommand> BlobsAsync(PurgeEntity purge, CancellationToken stop)
    {
        var deleted = 0L;
        if (reader.Blobs is { } blobs)
        {
            // A blob of an ended task has no further use, however young it is.
            var any = reader.Now + TimeSpan.FromDays(1);
            await foreach (var slice in blobs.ListAsync(any, stop).Chunk(BlobBatch).WithCancellation(stop))
            {
                var purged = await PurgeScope.PurgedAsync(reader, slice.Select(b => b.Owner), stop);
                foreach (var blob in slice)
                {
                    if (!purged.Contains(blob.Owner)) continue;
                    if (!await blobs.DeleteAsync(blob.Id, any, stop))
                        throw new StoreException("A result could not be deleted now, because a backup copies the results.");
                    deleted++;
                }
            }
        }

        var start = purge.Spec.Task is not null ? Math.Max(0, await _log.StartAsync(purge, stop)) : 0;
        var next = purge.Progress with
        {
            Step = PurgeStep.Log,
            Cursor = null,
            Blobs = purge.Progress.Blobs + deleted,
            LogOffset = start,
            LogEnd = reader.Head.Offset,
        };
        return new AdvancePurge(purge.Id, next) { By = By };
    }

    /// <summary>Removes the words of the purged tasks from the search, and what erased data left behind in the files.</summary>
    /// <param name="logEnd">The offset up to which the indexes must have followed the log.</param>
    public async Task ScrubAsync(long logEnd, CancellationToken stop)
    {
        if (TaskSearch.Of(reader) is { } search)
        {
            if (!await search.ReachAsync(logEnd, IndexPatience, stop))
                throw new StoreException("The index of tasks does not follow the log, so it still has the words of the purged tasks.");
            await search.Index.ScrubAsync(stop);
        }

        if (SearchService.Of(reader) is { } memory)
        {
            await ReachAsync(memory, logEnd, stop);
            await reader.Search!.Index.ScrubAsync(stop);
        }

        await eraser.ScrubAsync(stop);
    }

    private async Task ReachAsync(SearchService memory, long offset, CancellationToken stop)
    {
        var since = reader.Time.GetTimestamp();
        while (!(memory.Status.Read(reader.Head, counts: false).Position?.Offset >= offset))
        {
            if (reader.Time.GetElapsedTime(since) >= IndexPatience)
                throw new StoreException("The index of memory does not follow the log, so it may still have the words of purged entries.");
            await Task.Delay(Pause, reader.Time, stop);
        }
    }
}
