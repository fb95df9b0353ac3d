using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// Replaces the table of a kind that has a damaged page. SQLite reads neighbouring pages when it writes, so a damaged page would stop commits, too. The store
/// copies all rows on intact pages to a new table; the old one stays under another name, for <c>sqlite3 .recover</c>. The indexes lie on other pages and list
/// all rows, so a row that cannot be read keeps its place and its id, with an empty body.
/// </summary>
internal static class DamagedTable
{
    /// <summary>The reason why an entity with an empty body cannot be read.</summary>
    public const string Fault = "its page of the database is damaged.";

    private const string Prefix = "damaged_";

    /// <summary>Replaces a table, within a transaction of the writer.</summary>
    /// <param name="reader">A connection in a read transaction that began before.</param>
    /// <exception cref="StoreCorruptException">The index is damaged as well, so the rows of the table are unknown.</exception>
    public static int Replace(SqliteConnection writer, SqliteConnection reader, KindTable table)
    {
        Rename(writer, table);
        KindSchema.Ensure(writer, table);
        var names = string.Concat(table.Columns.Select(column => $", {column}"));
        var values = string.Concat(table.Columns.Select((_, i) => $", ?{6 + i}"));
        using var insert = writer.Prepare($"INSERT INTO {table.Name}(key, hive, id, closed_at, body{names}) VALUES(?1, ?2, ?3, ?4, coalesce(?5, x''){values})");
        using var read = reader.Prepare($"{table.Select} WHERE key = ?1");
        var lost = new Dictionary<long, long?>();
        foreach (var (key, closedAt) in Keys(reader, table))
        {
            if (TryRead(read, table, key) is { } entity) Insert(insert, key, closedAt, entity.Id, entity.Body.Span, entity.Columns);
            else lost.Add(key, closedAt);
        }

        foreach (var (key, id) in Names(reader, table, lost))
        {
            lost.Remove(key, out var closedAt);
            Insert(insert, key, closedAt, id, default, new string?[table.Columns.Count]);
        }

        foreach (var (key, closedAt) in lost) Insert(insert, key, closedAt, $"unknown-{RowKey.Offset(key)}", default, new string?[table.Columns.Count]);
        return lost.Count;
    }

    private static void Rename(SqliteConnection writer, KindTable table)
    {
        var before = writer.ScalarInt64($"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name GLOB '{Prefix}*_{table.Name}'");
        var indexes = new List<string>();
        using (var list = writer.Prepare($"SELECT name FROM pragma_index_list('{table.Name}')"))
        {
            while (list.Step()) indexes.Add(list.Text(0)!);
        }

        foreach (var index in indexes) writer.Execute($"DROP INDEX {index}");
        writer.Execute($"ALTER TABLE {table.Name} RENAME TO {Prefix}{before + 1}_{table.Name}");
    }

    // The index covers the query, so the read does not touch the table. Nulls come first.
    private static IEnumerable<(long Key, long? ClosedAt)> Keys(SqliteConnection reader, KindTable table)
    {
        foreach (var condition in (string[])["closed_at IS NULL", "closed_at IS NOT NULL"])
        {
            using var keys = reader.Prepare($"SELECT key, closed_at FROM {table.Name} INDEXED BY {table.ClosedIndex} WHERE {condition}");
            while (keys.Step()) yield return (keys.Int64(0), keys.IsNull(1) ? null : keys.Int64(1));
        }
    }

    private static StoredEntity? TryRead(Statement read, KindTable table, long key)
    {
        read.Bind(1, key);
        try
        {
            var entity = read.Step() ? EntityRows.Read(read, table) : null;
            read.Reset();
            return entity;
        }
        catch (StoreCorruptException)
        {
            return null;
        }
    }

    // The index of ids has the rowid beside each id.
    private static List<(long Key, string Id)> Names(SqliteConnection reader, KindTable table, Dictionary<long, long?> lost)
    {
        var names = new List<(long, string)>();
        try
        {
            using var ids = reader.Prepare($"SELECT key, id FROM {table.Name} INDEXED BY {table.Name}_id WHERE id >= ''");
            while (ids.Step())
            {
                if (lost.ContainsKey(ids.Int64(0))) names.Add((ids.Int64(0), ids.Text(1)!));
            }
        }
        catch (StoreCorruptException)
        {
            // A row without an id is named by its offset.
        }

        return names;
    }

    private static void Insert(Statement insert, long key, long? closedAt, string id, ReadOnlySpan<byte> body, IReadOnlyList<string?> columns)
    {
        insert.Bind(1, key);
        insert.Bind(2, key >> RowKey.OffsetBits);
        insert.BindText(3, id);
        insert.Bind(4, closedAt);
        insert.BindBlob(5, body);
        for (var i = 0; i < columns.Count; i++) insert.BindText(6 + i, columns[i]);
        insert.Run();
    }
}
