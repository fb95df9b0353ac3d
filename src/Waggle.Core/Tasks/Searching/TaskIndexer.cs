using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Tasks.Searching;

/// <summary>
/// Brings the changes of tasks into their index: from the tail of the log while it keeps up, from the log after a restart, and from all stored tasks if the log
/// does not reach back far enough or the index is new or damaged. It reads each changed task from the store, so the index converges on the stored tasks.
/// </summary>
internal sealed partial class TaskIndexer(HiveReader reader, TaskSearch search, ILogger log)
{
    private const int TailCapacity = 65_536;
    private const int LogRows = 100;
    private const int Batch = 500;
    private const int PruneBatch = 1_000;

    // With a backlog, the indexer rests twice as long as it works, so that it takes a third of a core at most.
    private const int Rest = 2;

    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(10);

    private readonly FollowLoop _loop = new(
        reader.Time,
        async stop => await search.Index.RecreateAsync(stop),
        e => LogDamaged(log, reader.Options.Hive, e),
        e =>
        {
            search.Fail($"it could not be written: {(e as StoreException)?.ForClients ?? "an internal error; the hub's log has the details"}");
            LogFailed(log, reader.Options.Hive, e);
        });

    private Position _at;
    private DateTimeOffset _pruned;

    /// <summary>Replaces the index, which a reader found damaged.</summary>
    public void Replace() => _loop.Replace();

    public async Task RunAsync(CancellationToken stop)
    {
        using var tail = reader.Follow(Wants, TailCapacity);
        search.Follow(tail);
        await _loop.RunAsync(follow => FollowAsync(tail, follow), stop);
    }

    // What changes the state as the index knows it, and the error.
    private static bool Wants(RecordData data) =>
        data is TaskCreated or TaskRetryScheduled or TaskRequeued or TaskCompleted or TaskFailed or TaskCancelled or TaskExpired or TaskPurged;

    private static string TaskOf(RecordData data) => data is TaskPurged purged ? purged.Task : ((TaskRecord)data).Task;

    private async Task FollowAsync(LogTail tail, CancellationToken stop)
    {
        var state = await search.Index.OpenAsync(stop);
        if (state.Progress is not { } progress || !(await reader.ReadLogAsync(progress.At, 1, stop)).Known)
        {
            progress = new TaskIndexProgress(reader.Head, 0);
            await search.Index.RecreateAsync(stop);
            state = await search.Index.WriteAsync([], progress, stop);
        }

        _at = progress.At;
        if (progress.Cursor is { } cursor) await ScanAsync(cursor, stop);
        await CatchUpAsync(reader.Head.Offset, stop);
        tail.Handled();
        search.Reach(await search.Index.WriteAsync([], new TaskIndexProgress(_at, null), stop), _at);
        while (true)
        {
            var piece = await tail.TakeAsync(stop);
            if (piece.After > _at.Offset) await CatchUpAsync(piece.After, stop);
            var ids = piece.Records.Select(r => TaskOf(r.Data)).Distinct(StringComparer.Ordinal).ToArray();
            await WriteAsync(ids, new Position(reader.Head.Epoch, Math.Max(piece.Through, _at.Offset)), stop);
            tail.Handled();
            await PruneAsync(stop);
        }
    }

    /// <summary>Reads all tasks in the order of their creation. Changes during the scan are in the log after its beginning, and follow.</summary>
    private async Task ScanAsync(long cursor, CancellationToken stop)
    {
        var none = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var total = await reader.CountAsync(new EntityQuery(TaskEntity.Entity.Name, none), stop);
        if (total > 0) LogScan(log, reader.Options.Hive, total);
        var done = 0L;
        for (long? after = cursor; after is not null;)
        {
            if (total > 0) search.Fail($"it is being filled ({done} of {total} tasks)");
            var started = reader.Time.GetTimestamp();
            var page = await reader.QueryAsync(new EntityQuery(TaskEntity.Entity.Name, none, Ascending: true, after, Batch), stop);
            after = page.Entities.Count == Batch ? page.Entities[^1].Seq : null;
            var put = page.Entities.Select(e => reader.Parse(e, TaskFeature.Tasks)).OfType<TaskEntity>().Select(TaskIndexText.Of).ToArray();
            await search.Index.WriteAsync(put, new TaskIndexProgress(_at, after), stop);
            done += page.Entities.Count;
            if (after is not null) await RestAsync(started, 1, stop);
        }
    }

    private async Task CatchUpAsync(long through, CancellationToken stop)
    {
        while (_at.Offset < through)
        {
            var history = await reader.ReadLogAsync(_at, LogRows, stop);

            // The next attempt finds the same and rebuilds.
            if (!history.Known) throw new StoreException("The log no longer has the changes that the index of tasks needs.");
            var ids = history.Records.Select(r => r.Typed()).OfType<RecordData>().Where(Wants).Select(TaskOf).Distinct(StringComparer.Ordinal).ToArray();
            var epoch = history.Records.Count > 0 ? history.Records[^1].Position.Epoch : _at.Epoch;
            await WriteAsync(ids, new Position(epoch, history.End), stop);
            if (history.AtHead && history.Records.Count == 0) break;
        }
    }

    private async Task WriteAsync(string[] ids, Position at, CancellationToken stop)
    {
        for (var from = 0; from < Math.Max(1, ids.Length); from += Batch)
        {
            var started = reader.Time.GetTimestamp();
            var slice = ids.Skip(from).Take(Batch).ToArray();
            var isLast = from + Batch >= ids.Length;
            var stored = await reader.GetAsync([.. slice.Select(id => new EntityKey(TaskEntity.Entity.Name, id))], stop);
            var put = stored.Select(s => reader.Parse(s, TaskFeature.Tasks)).OfType<TaskEntity>().Select(TaskIndexText.Of).ToArray();
            search.Reach(await search.Index.WriteAsync(put, new TaskIndexProgress(isLast ? at : _at, null), stop), isLast ? at : _at);
            if (!isLast) await RestAsync(started, Rest, stop);
        }

        _at = at;
    }

    private Task RestAsync(long started, int times, CancellationToken stop) => Task.Delay(times * reader.Time.GetElapsedTime(started), reader.Time, stop);

    // Retention deletes tasks from the store without a record.
    private async Task PruneAsync(CancellationToken stop)
    {
        if (reader.Now - _pruned < PruneInterval) return;
        _pruned = reader.Now;
        while (await search.Index.PruneAsync(reader.Now - reader.Options.TaskRetention, PruneBatch, stop) == PruneBatch)
        {
        }
    }

    [LoggerMessage(63, LogLevel.Warning, "The index of tasks of hive '{Hive}' is damaged: it is deleted and filled again from the stored tasks.")]
    private static partial void LogDamaged(ILogger logger, string hive, Exception e);

    [LoggerMessage(64, LogLevel.Warning, "The index of tasks of hive '{Hive}' could not be written; retrying. Searches miss the latest changes until then.")]
    private static partial void LogFailed(ILogger logger, string hive, Exception e);

    [LoggerMessage(65, LogLevel.Information, "Filling the index of tasks of hive '{Hive}' from {Tasks} stored tasks.")]
    private static partial void LogScan(ILogger logger, string hive, long tasks);
}
