using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Core.Search;

/// <summary>
/// Brings the changes of memory entries into the index: from the tail of the log while it keeps up, from the log after a restart, and from all entries if the
/// log does not reach back far enough or the index is new or damaged. It reads each changed entry from the store, so the index converges on the stored entries.
/// </summary>
internal sealed partial class Indexer(
    HiveReader reader, ISearchIndex index, EntrySource entries, IndexEmbedder embedder, IndexStatus status, Action changed, ILogger log)
{
    private const int TailCapacity = 16_384;
    private const int LogRows = 100;
    private const int Batch = 256;

    private readonly FollowLoop _loop = new(
        reader.Time,
        async stop => status.Set(await index.RecreateAsync(embedder, stop)),
        e => LogDamaged(log, reader.Options.Hive, e),
        e =>
        {
            status.Fail($"The index could not be written: {(e as StoreException)?.ForClients ?? "an internal error; the hub's log has the details."}");
            LogFailed(log, reader.Options.Hive, e);
        });

    private Position _at;

    /// <summary>Replaces the index, which a reader or the writer of vectors found damaged.</summary>
    public void Replace() => _loop.Replace();

    public async Task RunAsync(CancellationToken stop)
    {
        using var tail = reader.Follow(static data => data is MemoryRecord, TailCapacity);
        status.Follow(tail);
        await _loop.RunAsync(follow => FollowAsync(tail, follow), stop);
        await EndAsync(tail);
    }

    private async Task FollowAsync(LogTail tail, CancellationToken stop)
    {
        var state = await index.OpenAsync(embedder, stop);
        status.Set(state);
        if (state.Progress is not { } progress || !(await reader.ReadLogAsync(progress.At, 1, stop)).Known) progress = await RestartAsync(stop);
        _at = progress.At;
        if (progress.Cursor is not null) await ScanAsync(progress, stop);
        await CatchUpAsync(reader.Head.Offset, stop);
        tail.Handled();
        changed();
        while (true)
        {
            var piece = await tail.TakeAsync(stop);
            if (piece.After > _at.Offset) await CatchUpAsync(piece.After, stop);
            status.Reach(_at, working: true);
            await WriteAsync([.. piece.Records.Select(r => ((MemoryRecord)r.Data).Id).Distinct(StringComparer.Ordinal)], At(piece.Through), stop);
            tail.Handled();
        }
    }

    /// <summary>Begins a rebuild with an empty index.</summary>
    private async Task<IndexProgress> RestartAsync(CancellationToken stop)
    {
        var progress = new IndexProgress(reader.Head, "");
        await index.RecreateAsync(embedder, stop);
        status.Set(await index.WriteAsync(new IndexChanges([], [], progress), stop));
        return progress;
    }

    /// <summary>Reads all entries in the order of their ids. Changes during the scan are in the log after its beginning, and follow.</summary>
    private async Task ScanAsync(IndexProgress progress, CancellationToken stop)
    {
        var (done, total) = (status.State?.Entries ?? 0, await entries.CountAsync(stop));
        if (total > 0) LogScan(log, reader.Options.Hive, total);
        for (var cursor = progress.Cursor; cursor is not null;)
        {
            status.Scan(done, total);
            var put = new List<IndexEntry>(Batch);
            do
            {
                var (page, last) = await entries.PageAsync(cursor.Length == 0 ? null : cursor, stop);
                put.AddRange(page);
                cursor = last;
            }
            while (cursor is not null && put.Count < Batch);
            status.Set(await index.WriteAsync(new IndexChanges(put, [], progress with { Cursor = cursor }), stop));
            done += put.Count;
            changed();
        }

        if (total > 0) LogScanned(log, reader.Options.Hive, done);
    }

    private async Task CatchUpAsync(long through, CancellationToken stop)
    {
        while (_at.Offset < through)
        {
            var history = await reader.ReadLogAsync(_at, LogRows, stop);

            // The next attempt finds the same and rebuilds.
            if (!history.Known) throw new StoreException("The log no longer has the changes that the search index needs.");
            var ids = history.Records.Select(r => r.Typed()).OfType<MemoryRecord>().Select(r => r.Id).Distinct(StringComparer.Ordinal).ToArray();
            var epoch = history.Records.Count > 0 ? history.Records[^1].Position.Epoch : _at.Epoch;
            status.Reach(_at, working: true);
            await WriteAsync(ids, new Position(epoch, history.End), stop);
            if (history.AtHead && history.Records.Count == 0) break;
        }

        status.Reach(_at, working: false);
    }

    private async Task WriteAsync(string[] ids, Position at, CancellationToken stop)
    {
        for (var from = 0; from < Math.Max(1, ids.Length); from += Batch)
        {
            var slice = ids.Skip(from).Take(Batch).ToArray();
            var isLast = from + Batch >= ids.Length;
            var found = await entries.ReadAsync(slice, stop);
            var removed = slice.Where(id => !found.ContainsKey(id)).ToArray();
            status.Set(await index.WriteAsync(new IndexChanges([.. found.Values], removed, new IndexProgress(isLast ? at : _at, null)), stop));
            changed();
        }

        _at = at;
        status.Reach(_at, working: false);
    }

    // The owner writes one epoch only, so a position that it wrote since the start belongs to that epoch.
    private Position At(long offset) => new(reader.Head.Epoch, Math.Max(offset, _at.Offset));

    /// <summary>Notes the position, so that the next start reads little of the log.</summary>
    private async Task EndAsync(LogTail tail)
    {
        if (status.State?.Progress is not { Cursor: null } progress || tail.QuietThrough is not { } through || status.IsWorking) return;
        if (through <= progress.At.Offset) return;
        try
        {
            await index.WriteAsync(new IndexChanges([], [], new IndexProgress(At(through), null)), CancellationToken.None);
        }
        catch (StoreException e)
        {
            LogFailed(log, reader.Options.Hive, e);
        }
    }

    [LoggerMessage(51, LogLevel.Warning, "The search index of hive '{Hive}' is damaged: it is deleted and filled again from the stored entries.")]
    private static partial void LogDamaged(ILogger logger, string hive, Exception e);

    [LoggerMessage(52, LogLevel.Warning, "The search index of hive '{Hive}' could not be written; retrying. Searches miss the latest changes until then.")]
    private static partial void LogFailed(ILogger logger, string hive, Exception e);

    [LoggerMessage(53, LogLevel.Information, "Filling the search index of hive '{Hive}' from {Entries} stored memory entries.")]
    private static partial void LogScan(ILogger logger, string hive, long entries);

    [LoggerMessage(54, LogLevel.Information, "The search index of hive '{Hive}' has all {Entries} stored memory entries.")]
    private static partial void LogScanned(ILogger logger, string hive, long entries);
}
