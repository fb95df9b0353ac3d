using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

/// <summary>A tenure that advances with each commit.</summary>
public sealed class Owner(IStore store, Tenure tenure)
{
    public Tenure Tenure { get; private set; } = tenure;

    /// <summary>The seq of the first entity that the next commit creates.</summary>
    public long Next => Tenure.Head + 1;

    /// <summary>Commits with a log row of one record for each entity, and of at least one.</summary>
    public Task CommitAsync(params StoredEntity[] entities) => CommitAsync(1, entities);

    public Task CommitAsync(int at, params StoredEntity[] entities) => CommitAsync(at, Math.Max(1, entities.Length), entities);

    public async Task CommitAsync(int at, int records, IReadOnlyList<StoredEntity> entities) =>
        Tenure = await store.CommitAsync(Tenure, Batch(at, records, entities), default);

    /// <summary>Commits with a log row, and deletes.</summary>
    public async Task RemoveAsync(IReadOnlyList<StoredEntity> entities, params EntityKey[] removed) =>
        Tenure = await store.CommitAsync(Tenure, Batch(1, Math.Max(1, entities.Count), entities) with { Removed = removed }, default);

    /// <summary>Runs a commit that fails and leaves the tenure unchanged.</summary>
    public Task<T> FailAsync<T>(params StoredEntity[] entities) where T : Exception =>
        Assert.ThrowsAsync<T>(async () => await store.CommitAsync(Tenure, Batch(1, Math.Max(1, entities.Length), entities), default));

    public async Task<List<StoredEntity>> LoadOpenAsync()
    {
        var loaded = new List<StoredEntity>();
        await foreach (var entity in store.LoadOpenAsync(Tenure, default))
            loaded.Add(entity);
        return loaded;
    }

    private CommitBatch Batch(int at, int records, IReadOnlyList<StoredEntity> entities)
    {
        var last = Tenure.Head + records;
        var body = records == 0 ? "" : $"records {Next}..{last}";
        return new CommitBatch(entities, last, Make.Utf8(body), Make.Time(at));
    }
}
