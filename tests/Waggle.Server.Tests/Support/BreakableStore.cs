using Waggle.Core.Ports;

namespace Waggle.Server.Tests.Support;

/// <summary>A real store that fails on a test's request.</summary>
internal sealed class BreakableStore(IStore store) : IStore
{
    /// <summary>Thrown by every query while it is set.</summary>
    public volatile Exception? OnQuery;

    /// <summary>Thrown by every read of the log while it is set.</summary>
    public volatile Exception? OnReadLog;

    /// <summary>Thrown by the next commits while it is set; nothing is written then.</summary>
    public volatile Exception? OnCommit;

    private int _logReads;

    /// <summary>How often the log was read.</summary>
    public int LogReads => Volatile.Read(ref _logReads);

    public ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel) => store.AcquireAsync(hive, now, cancel);

    public IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, CancellationToken cancel) => store.LoadOpenAsync(tenure, cancel);

    public ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel) => store.GetAsync(hive, keys, cancel);

    public ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel) =>
        OnCommit is { } e ? throw e : store.CommitAsync(tenure, batch, cancel);

    public ValueTask<IReadOnlyList<LogRow>> ReadLogAsync(string hive, long after, int maxRows, CancellationToken cancel)
    {
        Interlocked.Increment(ref _logReads);
        return OnReadLog is { } e ? throw e : store.ReadLogAsync(hive, after, maxRows, cancel);
    }

    public ValueTask<LogExtent> GetLogExtentAsync(string hive, CancellationToken cancel) => store.GetLogExtentAsync(hive, cancel);

    public ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel) =>
        OnQuery is { } e ? throw e : store.QueryAsync(hive, query, cancel);

    public ValueTask<EntityPage> RangeAsync(string hive, EntityRange range, CancellationToken cancel) =>
        OnQuery is { } e ? throw e : store.RangeAsync(hive, range, cancel);

    public ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel) =>
        OnQuery is { } e ? throw e : store.CountAsync(hive, query, cancel);

    public ValueTask<int> PruneEntitiesAsync(Tenure tenure, string kind, DateTimeOffset closedBefore, int limit, CancellationToken cancel) =>
        store.PruneEntitiesAsync(tenure, kind, closedBefore, limit, cancel);

    public ValueTask<int> PruneLogAsync(Tenure tenure, DateTimeOffset writtenBefore, int limit, CancellationToken cancel) =>
        store.PruneLogAsync(tenure, writtenBefore, limit, cancel);

    public ValueTask<int> RewriteLogAsync(Tenure tenure, IReadOnlyList<LogRow> rows, CancellationToken cancel) =>
        store.RewriteLogAsync(tenure, rows, cancel);

    public ValueTask ScrubAsync(CancellationToken cancel) => store.ScrubAsync(cancel);

    public ValueTask<bool> HasRoomAsync(CancellationToken cancel) => store.HasRoomAsync(cancel);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
