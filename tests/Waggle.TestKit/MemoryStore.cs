using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.TestKit;

/// <summary>
/// A store in memory that keeps the port's promises and fails on a test's request. It returns the same bytes that were written and shares nothing with the
/// writer. It outlives the hives that use it, so a second hive on the same store is a restart. Thread-safe.
/// </summary>
public sealed class MemoryStore(IReadOnlyList<EntityKind> kinds) : IStore
{
    private static readonly Comparer<string> ByBytes =
        Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));

    private readonly Lock _gate = new();
    private readonly Dictionary<string, EntityKind> _kinds = kinds.ToDictionary(k => k.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, Shelf> _hives = new(StringComparer.Ordinal);
    private readonly Queue<Exception> _failures = new();
    private int _commits;

    /// <summary>The number of successful commits.</summary>
    public int Commits => Volatile.Read(ref _commits);

    /// <summary>The result of <see cref="HasRoomAsync"/>.</summary>
    public bool HasRoom { get; set; } = true;

    /// <summary>Called with each batch before it is written, so that a test can delay a commit or throw.</summary>
    public Func<CommitBatch, Task>? OnCommit { get; set; }

    /// <summary>Called before each read, so that a test can throw.</summary>
    public Action? OnRead { get; set; }

    /// <summary>Makes the next commit throw this and write nothing. Two calls affect the next two commits.</summary>
    public void FailNextCommit(Exception? with = null)
    {
        lock (_gate) _failures.Enqueue(with ?? new StoreException("The test broke the store."));
    }

    /// <summary>Returns every stored entity, open and closed.</summary>
    public IReadOnlyList<StoredEntity> Entities(string hive = "default")
    {
        lock (_gate) return [.. ShelfOf(hive).Entities.Values];
    }

    /// <summary>Changes a stored entity to one that no version wrote.</summary>
    public void Damage(EntityKey key, string hive = "default") => Rewrite(key, _ => "{", hive);

    /// <summary>Deletes an entity behind the hive's back.</summary>
    public void Forget(EntityKey key, string hive = "default")
    {
        lock (_gate) ShelfOf(hive).Entities.Remove(key);
    }

    /// <summary>Changes the stored text of an entity.</summary>
    public void Rewrite(EntityKey key, Func<string, string> change, string hive = "default")
    {
        lock (_gate)
        {
            var entities = ShelfOf(hive).Entities;
            var text = System.Text.Encoding.UTF8.GetString(entities[key].Body.ToArray());
            entities[key] = entities[key] with { Body = System.Text.Encoding.UTF8.GetBytes(change(text)) };
        }
    }

    /// <summary>Returns the whole log.</summary>
    public IReadOnlyList<LogRow> Log(string hive = "default")
    {
        lock (_gate) return [.. ShelfOf(hive).Log];
    }

    public ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel)
    {
        OnRead?.Invoke();
        lock (_gate)
        {
            var shelf = ShelfOf(hive);
            shelf.Term++;
            shelf.LastWriteAt = Later(Utc(now)!.Value, shelf.LastWriteAt);
            shelf.Epochs.Add(new EpochStart(shelf.Epochs.Count + 1, shelf.Head, shelf.LastWriteAt));
            return new(new Tenure(hive, shelf.Term, shelf.Epochs.Count, shelf.Head, shelf.LastWriteAt));
        }
    }

    public async IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, [EnumeratorCancellation] CancellationToken cancel)
    {
        OnRead?.Invoke();
        List<StoredEntity> open;
        lock (_gate)
        {
            Check(tenure);
            open = [.. ShelfOf(tenure.Hive).Entities.Values.Where(e => e.ClosedAt is null)];
        }

        foreach (var entity in open) yield return entity;
        await Task.CompletedTask;
    }

    public ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel)
    {
        OnRead?.Invoke();
        lock (_gate)
        {
            var shelf = ShelfOf(hive);
            return new([.. keys.Distinct().Where(shelf.Entities.ContainsKey).Select(k => shelf.Entities[k])]);
        }
    }

    public async ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel)
    {
        if (OnCommit is { } hook) await hook(batch);
        lock (_gate)
        {
            if (_failures.TryDequeue(out var failure)) throw failure;
            Check(tenure);
            var shelf = ShelfOf(tenure.Hive);
            if (batch.LastOffset < shelf.Head) throw new ArgumentException($"Offset {batch.LastOffset} lies before the head {shelf.Head}.", nameof(batch));
            if (batch.LogBody.IsEmpty != (batch.LastOffset == shelf.Head)) throw new ArgumentException("Offsets and the log's row disagree.", nameof(batch));
            CheckColumns(batch.Entities);
            PutAll(shelf, batch.Entities);
            foreach (var key in batch.Removed)
            {
                if (shelf.Entities.TryGetValue(key, out var gone)) Remove(shelf, gone);
            }

            shelf.LastWriteAt = Later(Utc(batch.At)!.Value, shelf.LastWriteAt);
            if (!batch.LogBody.IsEmpty) shelf.Log.Add(new LogRow(shelf.Head + 1, batch.LastOffset, shelf.LastWriteAt, batch.LogBody.ToArray()));
            shelf.Head = batch.LastOffset;
            Interlocked.Increment(ref _commits);
            return tenure with { Head = shelf.Head, LastWriteAt = shelf.LastWriteAt };
        }
    }

    public ValueTask<IReadOnlyList<LogRow>> ReadLogAsync(string hive, long after, int maxRows, CancellationToken cancel)
    {
        OnRead?.Invoke();
        lock (_gate) return new([.. ShelfOf(hive).Log.Where(r => r.LastOffset > after).Take(maxRows)]);
    }

    public ValueTask<LogExtent> GetLogExtentAsync(string hive, CancellationToken cancel)
    {
        OnRead?.Invoke();
        lock (_gate)
        {
            var shelf = ShelfOf(hive);
            return new(new LogExtent([.. shelf.Epochs], shelf.Floor, shelf.Head));
        }
    }

    public ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel)
    {
        OnRead?.Invoke();
        lock (_gate)
        {
            var shelf = ShelfOf(hive);
            var found = Find(shelf, query);
            if (query.After is { } after) found = found.Where(e => query.Ascending ? e.Seq > after : e.Seq < after);
            found = query.Ascending ? found.OrderBy(e => e.Seq) : found.OrderByDescending(e => e.Seq);
            return new(new EntityPage([.. found.Take(query.Limit)], new Position(shelf.Epochs.Count, shelf.Head)));
        }
    }

    public ValueTask<EntityPage> RangeAsync(string hive, EntityRange range, CancellationToken cancel)
    {
        OnRead?.Invoke();
        lock (_gate)
        {
            var shelf = ShelfOf(hive);
            var columns = KindOf(range.Kind).Columns;
            var place = range.Column is { } column ? Place(columns, column) : (int?)null;
            var found = from entity in shelf.Entities.Values
                        where entity.Kind == range.Kind
                        let text = place is { } at ? entity.Columns[at] : entity.Id
                        where text is not null && ByBytes.Compare(text, range.From) >= 0
                            && (range.Before is null || ByBytes.Compare(text, range.Before) < 0)
                        select (Text: text, Entity: entity);
            var page = found.OrderBy(f => f.Text, ByBytes).ThenBy(f => f.Entity.Seq).Take(range.Limit).Select(f => f.Entity);
            return new(new EntityPage([.. page], new Position(shelf.Epochs.Count, shelf.Head)));
        }
    }

    public ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel)
    {
        lock (_gate) return new(Find(ShelfOf(hive), query).LongCount());
    }

    public ValueTask<int> PruneEntitiesAsync(Tenure tenure, string kind, DateTimeOffset closedBefore, int limit, CancellationToken cancel)
    {
        lock (_gate)
        {
            CheckTerm(tenure);
            var shelf = ShelfOf(tenure.Hive);
            var gone = shelf.Entities.Values.Where(e => e.Kind == kind && e.ClosedAt < closedBefore).Take(limit).ToArray();
            foreach (var entity in gone) Remove(shelf, entity);
            return new(gone.Length);
        }
    }

    public ValueTask<int> PruneLogAsync(Tenure tenure, DateTimeOffset writtenBefore, int limit, CancellationToken cancel)
    {
        lock (_gate)
        {
            CheckTerm(tenure);
            var shelf = ShelfOf(tenure.Hive);
            var gone = shelf.Log.TakeWhile(r => r.At < writtenBefore).Take(limit).ToArray();
            if (gone.Length > 0) shelf.Floor = gone[^1].LastOffset;
            shelf.Log.RemoveRange(0, gone.Length);
            return new(gone.Length);
        }
    }

    public ValueTask<int> RewriteLogAsync(Tenure tenure, IReadOnlyList<LogRow> rows, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        lock (_gate)
        {
            CheckTerm(tenure);
            var log = ShelfOf(tenure.Hive).Log;
            var replaced = 0;
            foreach (var row in rows)
            {
                var at = log.FindIndex(r => r.LastOffset == row.LastOffset && r.FirstOffset == row.FirstOffset);
                if (at < 0) continue;
                log[at] = log[at] with { Body = row.Body };
                replaced++;
            }

            return new(replaced);
        }
    }

    public ValueTask<bool> HasRoomAsync(CancellationToken cancel) => new(HasRoom);

    public ValueTask DisposeAsync() => default;

    private IEnumerable<StoredEntity> Find(Shelf shelf, EntityQuery query)
    {
        var columns = KindOf(query.Kind).Columns;
        var where = query.Equal.Select(e => (Column: Place(columns, e.Key), e.Value)).ToArray();
        return shelf.Entities.Values.Where(e =>
            e.Kind == query.Kind && (!query.OpenOnly || e.ClosedAt is null)
            && Array.TrueForAll(where, w => e.Columns[w.Column] is { } value && w.Value.Contains(value)));
    }

    // The entities are added one after the other, and none of them if one breaks a rule.
    private void PutAll(Shelf shelf, IReadOnlyList<StoredEntity> entities)
    {
        var undo = new Stack<(StoredEntity? Old, StoredEntity New)>();
        try
        {
            foreach (var entity in entities)
            {
                var old = shelf.Entities.GetValueOrDefault(new(entity.Kind, entity.Id));
                if (old is not null) Remove(shelf, old);
                undo.Push((old, entity));
                Add(shelf, entity with { Body = entity.Body.ToArray(), Columns = [.. entity.Columns], ClosedAt = Utc(entity.ClosedAt) });
            }
        }
        catch (StoreException)
        {
            foreach (var (old, added) in undo)
            {
                if (shelf.Entities.ContainsKey(new(added.Kind, added.Id))) Remove(shelf, added);
                if (old is not null) Add(shelf, old);
            }

            throw;
        }
    }

    private void Add(Shelf shelf, StoredEntity entity)
    {
        foreach (var unique in UniqueOf(entity))
        {
            if (shelf.Unique.ContainsKey(unique)) throw new StoreException($"{unique.Kind}.{unique.Column} '{unique.Value}' is there twice.");
        }

        shelf.Entities[new(entity.Kind, entity.Id)] = entity;
        foreach (var unique in UniqueOf(entity)) shelf.Unique[unique] = entity.Id;
    }

    private void Remove(Shelf shelf, StoredEntity entity)
    {
        shelf.Entities.Remove(new(entity.Kind, entity.Id));
        foreach (var unique in UniqueOf(entity)) shelf.Unique.Remove(unique);
    }

    private IEnumerable<(string Kind, string Column, string Value)> UniqueOf(StoredEntity entity)
    {
        var kind = KindOf(entity.Kind);
        foreach (var column in kind.Unique ?? [])
        {
            if (entity.Columns[Place(kind.Columns, column)] is { } value) yield return (kind.Name, column, value);
        }

        yield return (kind.Name, "(seq)", entity.Seq.ToString(CultureInfo.InvariantCulture));
    }

    private void Check(Tenure tenure)
    {
        var shelf = ShelfOf(tenure.Hive);
        if (shelf.Term != tenure.Term || shelf.Head != tenure.Head)
            throw new StoreFencedException($"({tenure.Term}, {tenure.Head}) is not ({shelf.Term}, {shelf.Head}).");
    }

    private void CheckColumns(IReadOnlyList<StoredEntity> entities)
    {
        foreach (var entity in entities)
        {
            var kind = KindOf(entity.Kind);
            if (entity.Seq < 1) throw new ArgumentException($"'{entity.Id}' has the seq {entity.Seq}.", nameof(entities));
            if (entity.Columns.Count != kind.Columns.Count)
                throw new ArgumentException($"A {kind.Name} has {kind.Columns.Count} columns, '{entity.Id}' came with {entity.Columns.Count}.", nameof(entities));
        }
    }

    private EntityKind KindOf(string name) =>
        _kinds.GetValueOrDefault(name) ?? throw new ArgumentException($"No kind '{name}' is declared.", nameof(name));

    private void CheckTerm(Tenure tenure)
    {
        if (ShelfOf(tenure.Hive).Term != tenure.Term) throw new StoreFencedException($"Term {tenure.Term} is over.");
    }

    private static DateTimeOffset? Utc(DateTimeOffset? time) =>
        time is { } t ? new DateTimeOffset(t.UtcTicks - (t.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero) : null;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private Shelf ShelfOf(string hive)
    {
        if (!_hives.TryGetValue(hive, out var shelf)) _hives[hive] = shelf = new();
        return shelf;
    }

    private static int Place(IReadOnlyList<string> columns, string name)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (columns[i] == name) return i;
        }

        throw new ArgumentException($"No column '{name}' is declared.", nameof(name));
    }

    private sealed class Shelf
    {
        public Dictionary<EntityKey, StoredEntity> Entities { get; } = [];

        public Dictionary<(string Kind, string Column, string Value), string> Unique { get; } = [];

        public List<LogRow> Log { get; } = [];

        public List<EpochStart> Epochs { get; } = [];

        public long Term { get; set; }

        public long Head { get; set; }

        public long Floor { get; set; }

        public DateTimeOffset LastWriteAt { get; set; }
    }
}
