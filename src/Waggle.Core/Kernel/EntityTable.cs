using System.Text.Json;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>The entities of one kind that are in memory. Only the owner's loop uses it.</summary>
internal abstract class EntityTable
{
    private readonly List<string> _damaged = [];

    /// <summary>The ids of the entities that the batch fetched, and that were set aside because they are damaged.</summary>
    public IReadOnlyCollection<string> Damaged => _damaged;

    public abstract EntityType Type { get; }

    public abstract IEnumerable<string> OpenIds { get; }

    public abstract int OpenCount { get; }

    /// <summary>Adds an open entity of the store.</summary>
    public abstract void Load(StoredEntity stored);

    /// <summary>Adds an entity that a command of this batch needs. An entity in memory stays unchanged.</summary>
    public abstract void Fetch(StoredEntity stored);

    /// <summary>Writes the stored form of an entity that changed in this batch.</summary>
    public abstract EntityRow Write(Utf8JsonWriter writer, string id);

    /// <summary>Whether this batch deletes the entity.</summary>
    public abstract bool IsRemoved(string id);

    public abstract bool Contains(string id);

    /// <summary>Returns the id of the entity in memory that has this value in the kind's unique column.</summary>
    public abstract string? IdOf(string uniqueValue);

    /// <summary>Releases closed and fetched entities after the batch is durable.</summary>
    public virtual void EndBatch() => _damaged.Clear();

    public virtual void Reset() => _damaged.Clear();

    /// <summary>Notes an entity of the store that is damaged, for the commands of this batch.</summary>
    public void SetAside(string id) => _damaged.Add(id);
}

/// <summary>The entities of one kind in memory. Open entities stay; a closed entity stays for one batch after it was fetched or changed.</summary>
/// <param name="dirty">The set that receives changed entities for the commit.</param>
internal sealed class EntityTable<T>(EntityType<T> type, Func<T, EntityRow> row, HashSet<EntityKey> dirty) : EntityTable
    where T : class
{
    private readonly Dictionary<string, T> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T> _closed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unique = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly Func<T, DateTimeOffset?> _closedAt = type.ClosedAt ?? (entity => row(entity).ClosedAt);

    public override EntityType Type => type;

    public override IEnumerable<string> OpenIds => _open.Keys;

    public override int OpenCount => _open.Count;

    public IReadOnlyCollection<T> Open => _open.Values;

    /// <summary>Closed entities that the batch fetched or changed.</summary>
    public IReadOnlyCollection<T> Closed => _closed.Values;

    public T? this[string id] => _open.GetValueOrDefault(id) ?? _closed.GetValueOrDefault(id);

    /// <summary>Sets an entity's value without adding it to a commit. The value is stored when the entity changes.</summary>
    public void Assume(T entity) => _open[type.Id(entity)] = entity;

    /// <summary>Sets the next value of an entity, or adds an entity. The value becomes part of the batch's commit.</summary>
    public void Put(T entity)
    {
        var id = type.Id(entity);
        _removed.Remove(id);
        if (_closedAt(entity) is null)
        {
            if (type.Unique is not null && !_open.ContainsKey(id)) Index(entity, id);
            _open[id] = entity;
        }
        else
        {
            _open.Remove(id);
            _closed[id] = entity;
        }

        dirty.Add(new(type.Name, id));
    }

    /// <summary>Deletes an entity, here at once and in the store with the batch's commit.</summary>
    public void Remove(string id)
    {
        if (this[id] is { } entity && type.Unique?.Invoke(entity) is { } value && _unique.GetValueOrDefault(value) == id) _unique.Remove(value);
        _open.Remove(id);
        _closed.Remove(id);
        _removed.Add(id);
        dirty.Add(new(type.Name, id));
    }

    public override bool IsRemoved(string id) => _removed.Contains(id);

    public override bool Contains(string id) => this[id] is not null;

    public override string? IdOf(string uniqueValue) => _unique.GetValueOrDefault(uniqueValue);

    public override void Load(StoredEntity stored)
    {
        var entity = type.Parse(stored);
        _open[stored.Id] = entity;
        Index(entity, stored.Id);
    }

    public override void Fetch(StoredEntity stored)
    {
        if (_open.ContainsKey(stored.Id) || _closed.ContainsKey(stored.Id)) return;
        var entity = type.Parse(stored);
        _closed[stored.Id] = entity;
        Index(entity, stored.Id);
    }

    public override EntityRow Write(Utf8JsonWriter writer, string id)
    {
        var entity = this[id] ?? throw new InvalidOperationException($"The {type.Name} '{id}' changed in this batch and is not in memory.");
        type.Write(writer, entity);
        return row(entity);
    }

    public override void EndBatch()
    {
        if (type.Unique is { } unique)
        {
            foreach (var (id, entity) in _closed)
            {
                if (unique(entity) is { } value && !_open.ContainsKey(id) && _unique.GetValueOrDefault(value) == id) _unique.Remove(value);
            }
        }

        _closed.Clear();
        _removed.Clear();
        base.EndBatch();
    }

    public override void Reset()
    {
        base.Reset();
        _removed.Clear();
        _open.Clear();
        _closed.Clear();
        _unique.Clear();
    }

    // The first entity with a value keeps it, so an open entity comes before one that was fetched.
    private void Index(T entity, string id)
    {
        if (type.Unique?.Invoke(entity) is { } value) _unique.TryAdd(value, id);
    }
}
