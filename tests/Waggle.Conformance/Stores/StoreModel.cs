using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

/// <summary>The expected content of a hive in a store, in the simplest form.</summary>
internal sealed class StoreModel
{
    public Dictionary<EntityKey, StoredEntity> Entities { get; private set; } = [];

    public List<LogRow> Log { get; } = [];

    public List<EpochStart> Epochs { get; } = [];

    public long Head { get; private set; }

    public long Floor { get; private set; }

    public DateTimeOffset LastWriteAt { get; private set; }

    public IEnumerable<StoredEntity> Open => Entities.Values.Where(e => e.ClosedAt is null);

    public LogExtent Extent => new(Epochs, Floor, Head);

    public void Acquire(DateTimeOffset now)
    {
        LastWriteAt = now > LastWriteAt ? now : LastWriteAt;
        Epochs.Add(new EpochStart(Epochs.Count + 1, Head, LastWriteAt));
    }

    /// <summary>Applies a batch. Returns false without a change if a unique value is taken.</summary>
    public bool TryCommit(CommitBatch batch)
    {
        var next = new Dictionary<EntityKey, StoredEntity>(Entities);
        foreach (var entity in batch.Entities)
        {
            next[new EntityKey(entity.Kind, entity.Id)] = entity;
            if (entity.Kind == "task" && entity.Columns[2] is { } key && next.Values.Count(e => e.Kind == "task" && e.Columns[2] == key) > 1)
                return false;
        }

        Entities = next;
        LastWriteAt = batch.At > LastWriteAt ? batch.At : LastWriteAt;
        if (!batch.LogBody.IsEmpty)
            Log.Add(new LogRow(Head + 1, batch.LastOffset, LastWriteAt, batch.LogBody));
        Head = batch.LastOffset;
        return true;
    }

    public IEnumerable<LogRow> Read(long after, int rows) => Log.Where(row => row.LastOffset > after).Take(rows);

    public IEnumerable<StoredEntity> Find(EntityQuery query)
    {
        var columns = new[] { "state", "swarm", "key" };
        var found = Entities.Values
            .Where(e => e.Kind == query.Kind && (!query.OpenOnly || e.ClosedAt is null))
            .Where(e => query.Equal.All(condition => condition.Value.Contains(e.Columns[Array.IndexOf(columns, condition.Key)])));
        return query.Ascending
            ? found.Where(e => query.After is not { } after || e.Seq > after).OrderBy(e => e.Seq).Take(query.Limit)
            : found.Where(e => query.After is not { } after || e.Seq < after).OrderByDescending(e => e.Seq).Take(query.Limit);
    }

    public List<EntityKey> ClosedBefore(DateTimeOffset time) =>
        [.. Entities.Values.Where(e => e.Kind == "task" && e.ClosedAt < time).Select(e => new EntityKey(e.Kind, e.Id))];

    /// <summary>Removes entities. The store may choose which of the permitted ones it deletes.</summary>
    public void Forget(IEnumerable<EntityKey> keys)
    {
        foreach (var key in keys)
            Entities.Remove(key);
    }

    public int PruneLog(DateTimeOffset before, int limit)
    {
        var count = Log.TakeWhile(row => row.At < before).Take(limit).Count();
        if (count > 0)
            Floor = Log[count - 1].LastOffset;
        Log.RemoveRange(0, count);
        return count;
    }
}
