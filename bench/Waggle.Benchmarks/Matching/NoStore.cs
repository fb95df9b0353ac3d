using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Benchmarks.Matching;

/// <summary>A store that keeps nothing, so that only the loop is measured.</summary>
internal sealed class NoStore : IStore
{
    public ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel) => new(new Tenure(hive, 1, 1, 0, now));

    public async IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel) => new([]);

    public ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel) => new(tenure with { Head = batch.LastOffset, LastWriteAt = batch.At });

    public ValueTask<IReadOnlyList<LogRow>> ReadLogAsync(string hive, long after, int maxRows, CancellationToken cancel) => new([]);

    public ValueTask<LogExtent> GetLogExtentAsync(string hive, CancellationToken cancel) => new(new LogExtent([], 0, 0));

    public ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel) => new(new EntityPage([], new Position(1, 0)));

    public ValueTask<EntityPage> RangeAsync(string hive, EntityRange range, CancellationToken cancel) => new(new EntityPage([], new Position(1, 0)));

    public ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel) => new(0);

    public ValueTask<int> PruneEntitiesAsync(Tenure tenure, string kind, DateTimeOffset closedBefore, int limit, CancellationToken cancel) => new(0);

    public ValueTask<int> PruneLogAsync(Tenure tenure, DateTimeOffset writtenBefore, int limit, CancellationToken cancel) => new(0);

    public ValueTask<int> RewriteLogAsync(Tenure tenure, IReadOnlyList<LogRow> rows, CancellationToken cancel) => new(0);

    public ValueTask<bool> HasRoomAsync(CancellationToken cancel) => new(true);

    public ValueTask DisposeAsync() => default;
}

internal sealed class Unread : IBatchSink
{
    public ValueTask PublishAsync(SealedBatch batch) => default;
}
