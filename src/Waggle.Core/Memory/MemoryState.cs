using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;

namespace Waggle.Core.Memory;

/// <summary>The view of memory for decisions: the counters of all namespaces, and the entries that the commands of the batch name.</summary>
internal interface IMemoryView : ISwarmBytes
{
    MemoryEntity? Entry(string id);

    /// <summary>The entries that the batch fetched or changed.</summary>
    IReadOnlyCollection<MemoryEntity> Fetched { get; }

    MemoryNamespaceEntity? Namespace(string id);

    /// <summary>A put with an idempotency key that the batch fetched or made.</summary>
    MemoryPutEntity? Put(string id);

    /// <summary>The count of a namespace's puts with idempotency keys, if the batch fetched or made it.</summary>
    MemoryPutCountEntity? PutCount(string id);

    /// <summary>The blobs whose entries were replaced or ended before a time, oldest first, at most as many as a sweep deletes at a time.</summary>
    IReadOnlyList<string> ReplacedBlobs(DateTimeOffset before);

    int NamespaceCount { get; }

}

/// <summary>
/// Keeps the counters of the namespaces; the store keeps the entries. Each command checks whether its principal reaches the namespace, so all principals have
/// the same view.
/// </summary>
internal sealed class MemoryState : FeatureState, IMemoryView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<MemoryEntity> _entries;
    private readonly EntityTable<MemoryNamespaceEntity> _namespaces;
    private readonly EntityTable<MemoryPutEntity> _puts;
    private readonly EntityTable<MemoryPutCountEntity> _putCounts;
    private readonly ReplacedBlobs _replaced = new();
    private readonly Dictionary<string, long> _bytes = new(StringComparer.Ordinal);
    private readonly MemoryCounts _counts = new();
    private readonly MemoryMetrics _metrics;
    private DateTimeOffset? _firstDue;

    public MemoryState(HiveContext hive)
    {
        _hive = hive;
        _metrics = MemoryMetrics.Of(hive.Metrics);
        _entries = hive.Table(MemoryFeature.Entries);
        _namespaces = hive.Table(MemoryFeature.Namespaces);
        _puts = hive.Table(MemoryFeature.Puts);
        _putCounts = hive.Table(MemoryFeature.PutCounts);
        hive.Timer(MemoryEntity.Entity.Name, _ => new ExpireMemory { By = hive.Hub });
        hive.Commands.After<ExpireMemory>((_, decision) => SetTimer(decision.Records.Count));
        hive.On<MemoryStored>(Store);
        hive.On<MemoryContentKept>((r, _, _) => _entries.Put(MemoryEvolver.Keep(_entries[r.Id]!, r)));
        hive.Commands.After<TakeReplacedBlobs>((_, decision) => _replaced.Drop(((Decision<IReadOnlyList<string>>)decision).Value?.Count ?? 0));
        hive.On<MemoryPutKept>((r, _, at) => Keep(r, at));
        hive.On<MemoryDeleted>((r, _, at) => End(r, at));
        hive.On<MemoryExpired>((r, _, at) => End(r, at));
        hive.Views.Add<IMemoryView>(this, static (whole, _, _) => whole);
        hive.Views.Add<ISwarmBytes>(this, static (whole, _, _) => whole);
    }

    public IReadOnlyCollection<MemoryEntity> Fetched => _entries.Closed;

    public int NamespaceCount => _namespaces.OpenCount;

    public MemoryEntity? Entry(string id) => _entries[id];

    public MemoryNamespaceEntity? Namespace(string id) => _namespaces[id];

    public MemoryPutEntity? Put(string id) => _puts[id];

    public MemoryPutCountEntity? PutCount(string id) => _putCounts[id];

    public IReadOnlyList<string> ReplacedBlobs(DateTimeOffset before) => _replaced.Before(before);

    public long BytesOf(string? swarm) => _bytes.GetValueOrDefault(swarm ?? "");

    public override async Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        var page = await store.RangeAsync(_hive.Hive, ExpireMemory.First(1), cancel);

        // The timer also fetches an entry that cannot be read, and it is then set aside.
        _firstDue = page.Entities.Count > 0 ? now : null;
    }

    public override void EndLoad(DateTimeOffset now)
    {
        _counts.Reset();
        foreach (var ns in _namespaces.Open) Count(null, ns);
        _hive.Timers.Set(ExpireMemory.TimerKey, _firstDue);
    }

    public override void Report(in TurnReport turn) => _counts.Report(turn, _metrics);

    public override void Reset() => _bytes.Clear();

    private void Store(MemoryStored record, long offset, DateTimeOffset at)
    {
        var replaced = _entries[record.Id];
        _replaced.Note(replaced?.Blob, at);
        _entries.Put(MemoryEvolver.Store(replaced, record, offset, at));
        var before = _namespaces[MemoryNamespaceEntity.IdOf(record.Swarm, record.Namespace)];
        var after = MemoryEvolver.Count(before, record, offset, at);
        _namespaces.Put(after);
        Count(before, after);
        if (record.ExpiresAt is { } due) _hive.Timers.SetEarlier(ExpireMemory.TimerKey, due);
    }

    private void Keep(MemoryPutKept put, DateTimeOffset at)
    {
        _puts.Put(new() { Id = put.Id, Seq = put.Entry.Version, At = at, Request = put.Request, Entry = put.Entry });
        var counted = _putCounts[MemoryPutCountEntity.IdOf(put.Entry.Swarm, put.Entry.Namespace)];
        _putCounts.Put(MemoryPutCountEntity.Add(counted, put, at, _hive.Options.MemoryPutRetention));
    }

    private void End(MemoryRecord record, DateTimeOffset at)
    {
        _replaced.Note(_entries[record.Id]?.Blob, at);
        _entries.Remove(record.Id);
        var id = MemoryNamespaceEntity.IdOf(record.Swarm, record.Namespace);

        // A damaged namespace was set aside, and its entries end without it.
        if (_namespaces[id] is not { } before) return;
        var after = MemoryEvolver.Uncount(before, record, at);
        if (after is null) _namespaces.Remove(id);
        else _namespaces.Put(after);
        Count(before, after);
    }

    private void Count(MemoryNamespaceEntity? before, MemoryNamespaceEntity? after)
    {
        var swarm = (before ?? after)!.Swarm ?? "";
        var bytes = (after?.Bytes ?? 0) - (before?.Bytes ?? 0);
        if (_bytes.GetValueOrDefault(swarm) + bytes is var all && all == 0) _bytes.Remove(swarm);
        else _bytes[swarm] = all;
        _counts.Add((after?.Entries ?? 0) - (before?.Entries ?? 0), bytes);
    }

    // A full turn may have left expired entries; otherwise the earliest of the remaining ones sets the next time.
    private void SetTimer(int expired)
    {
        DateTimeOffset? next = expired >= ExpireMemory.Most ? _hive.Now : null;
        foreach (var entry in _entries.Closed)
        {
            if (entry.ExpiresAt is { } due && (next is null || due < next)) next = due;
        }

        if (next is { } at) _hive.Timers.SetEarlier(ExpireMemory.TimerKey, at);
    }
}

internal static class MemoryViewExtensions
{
    extension(IHiveView view)
    {
        public MemoryEntity? Memory(string? swarm, string ns, string key) => view.View<IMemoryView>().Entry(MemoryEntity.IdOf(swarm, ns, key));

        public IReadOnlyCollection<MemoryEntity> FetchedMemory => view.View<IMemoryView>().Fetched;

        public MemoryNamespaceEntity? MemoryNamespace(string? swarm, string ns) =>
            view.View<IMemoryView>().Namespace(MemoryNamespaceEntity.IdOf(swarm, ns));

        public int MemoryNamespaceCount => view.View<IMemoryView>().NamespaceCount;

        public long MemoryBytes(string? swarm) => view.View<IMemoryView>().BytesOf(swarm);
    }
}
