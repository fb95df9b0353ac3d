using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// Writes entities of one kind inside the caller's transaction, with the least work. A new entity is appended without a lookup. An existing one is read by its
/// row, whose page the write loads anyway, and only changed columns are set, because SQLite rewrites the entry of every index whose column an update names.
/// </summary>
internal sealed class EntityWriter : IDisposable
{
    private const int KeyAt = 1;
    private const int BodyAt = 2;
    private const int ClosedBit = 1;

    private readonly SqliteConnection _connection;
    private readonly KindTable _table;
    private readonly Statement _insert;
    private readonly Statement _read;
    private readonly Statement _find;
    private readonly Statement _remove;

    // The updates by the set of changes: bit 0 is the time of closing, the bits above it are the columns. Only a few sets occur.
    private readonly Statement?[] _updates;

    public EntityWriter(SqliteConnection connection, KindTable table)
    {
        (_connection, _table) = (connection, table);
        _updates = new Statement?[1 << (table.Columns.Count + 1)];
        var names = string.Concat(table.Columns.Select(column => $", {column}"));
        var values = string.Concat(table.Columns.Select((_, i) => $", ?{ColumnAt(i)}"));
        _insert = connection.Prepare(
            $"INSERT INTO {table.Name}(key, body, closed_at, id, hive{names}) VALUES(?1, ?2, ?3, ?4, ?5{values}) ON CONFLICT(id, hive) DO NOTHING");
        _read = connection.Prepare($"SELECT id, closed_at{names} FROM {table.Name} WHERE key = ?1");
        _find = connection.Prepare($"SELECT key FROM {table.Name} WHERE id = ?1 AND hive = ?2");
        _remove = connection.Prepare($"DELETE FROM {table.Name} WHERE id = ?1 AND hive = ?2");
    }

    /// <param name="head">The head before this commit. An entity with a greater seq cannot be stored yet.</param>
    public void Write(long hive, StoredEntity entity, long head)
    {
        if (entity.Columns.Count != _table.Columns.Count)
            throw new ArgumentException(
                $"'{entity.Id}' has {entity.Columns.Count} columns, its kind '{_table.Kind.Name}' declares {_table.Columns.Count}.", nameof(entity));

        if (entity.Seq < 1)
            throw new ArgumentException(
                $"'{entity.Id}' of kind '{_table.Kind.Name}' has seq {entity.Seq}; it is the offset of a record, and those begin at 1.", nameof(entity));

        var key = RowKey.Of(hive, entity.Seq);
        if (entity.Seq <= head && TryUpdate(key, entity))
            return;
        if (!TryInsert(hive, key, entity))
            Replace(hive, key, entity);
    }

    /// <summary>Deletes an entity; one that is not there is passed over.</summary>
    public void Remove(long hive, string id)
    {
        _remove.BindText(1, id);
        _remove.Bind(2, hive);
        _remove.Run();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _read.Dispose();
        _find.Dispose();
        _remove.Dispose();
        foreach (var update in _updates)
            update?.Dispose();
    }

    private static int ColumnAt(int column) => 6 + column;

    private bool TryUpdate(long key, StoredEntity entity)
    {
        _read.Bind(KeyAt, key);
        if (!_read.Step())
            return false;

        var isIt = _read.Bytes(0).SequenceEqual(_connection.Utf8(entity.Id));
        var changed = isIt ? ChangedIn(entity) : 0;
        _read.Reset();
        if (!isIt)
            return false;

        var update = _updates[changed] ??= _connection.Prepare(UpdateText(changed));
        update.Bind(KeyAt, key);
        update.BindBlob(BodyAt, entity.Body.Span);
        if ((changed & ClosedBit) != 0)
            update.Bind(3, Micros.From(entity.ClosedAt));
        for (var i = 0; i < entity.Columns.Count; i++)
        {
            if ((changed & Bit(i)) != 0)
                update.BindText(ColumnAt(i), entity.Columns[i]);
        }

        update.Run();
        return true;
    }

    private int ChangedIn(StoredEntity entity)
    {
        var closedAt = _read.IsNull(1) ? (long?)null : _read.Int64(1);
        var changed = closedAt == Micros.From(entity.ClosedAt) ? 0 : ClosedBit;
        for (var i = 0; i < entity.Columns.Count; i++)
        {
            var same = entity.Columns[i] is { } value
                ? !_read.IsNull(2 + i) && _read.Bytes(2 + i).SequenceEqual(_connection.Utf8(value))
                : _read.IsNull(2 + i);
            if (!same)
                changed |= Bit(i);
        }

        return changed;
    }

    private string UpdateText(int changed)
    {
        var closed = (changed & ClosedBit) != 0 ? ", closed_at = ?3" : "";
        var columns = string.Concat(_table.Columns.Select((column, i) => (changed & Bit(i)) != 0 ? $", {column} = ?{ColumnAt(i)}" : ""));
        return $"UPDATE {_table.Name} SET body = ?2{closed}{columns} WHERE key = ?1";
    }

    private bool TryInsert(long hive, long key, StoredEntity entity)
    {
        _insert.Bind(KeyAt, key);
        _insert.BindBlob(BodyAt, entity.Body.Span);
        _insert.Bind(3, Micros.From(entity.ClosedAt));
        _insert.BindText(4, entity.Id);
        _insert.Bind(5, hive);
        for (var i = 0; i < entity.Columns.Count; i++)
            _insert.BindText(ColumnAt(i), entity.Columns[i]);
        return _insert.Run() == 1;
    }

    /// <summary>Replaces an entity that exists under another seq: it was created again, and moves to its new place.</summary>
    private void Replace(long hive, long key, StoredEntity entity)
    {
        _find.BindText(1, entity.Id);
        _find.Bind(2, hive);
        if (_find.Step())
        {
            var old = _find.Int64(0);
            _find.Reset();
            var delete = _connection.Cached($"DELETE FROM {_table.Name} WHERE key = ?1");
            delete.Bind(KeyAt, old);
            delete.Run();
        }

        TryInsert(hive, key, entity);
    }

    private static int Bit(int column) => 2 << column;
}
