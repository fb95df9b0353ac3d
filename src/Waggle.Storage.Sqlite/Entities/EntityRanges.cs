using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>Finds the rows whose id or column lies in a range of texts, along the index that has them in this order.</summary>
internal static class EntityRanges
{
    /// <summary>The keys of the rows, in the order of the texts.</summary>
    public static List<long> Keys(SqliteConnection connection, KindTable table, long hive, EntityRange range)
    {
        var find = range.Column is { } column ? ByColumn(connection, table, hive, range, table.ColumnAt(column)) : ById(connection, table, hive, range);
        find.BindText(1, range.From);
        find.Bind(2, range.Limit);
        if (range.Before is { } before)
            find.BindText(3, before);

        var keys = new List<long>();
        while (find.Step())
            keys.Add(find.Int64(0));
        return keys;
    }

    private static Statement ById(SqliteConnection connection, KindTable table, long hive, EntityRange range)
    {
        var end = range.Before is null ? "" : " AND id < ?3";
        var find = connection.Cached($"SELECT key FROM {table.Name} INDEXED BY {table.Name}_id WHERE id >= ?1{end} AND hive = ?4 ORDER BY id LIMIT ?2");
        find.Bind(4, hive);
        return find;
    }

    private static Statement ByColumn(SqliteConnection connection, KindTable table, long hive, EntityRange range, int at)
    {
        var name = table.Columns[at];
        var end = range.Before is null ? "" : $" AND {name} < ?3";
        var find = connection.Cached(
            $"SELECT key FROM {table.Name} INDEXED BY {table.IndexOf(at, table.IsUnique(at))} WHERE {name} >= ?1{end} AND key BETWEEN ?4 AND ?5 "
                + $"ORDER BY {name}, key LIMIT ?2");
        find.Bind(4, RowKey.First(hive));
        find.Bind(5, RowKey.Last(hive));
        return find;
    }
}
