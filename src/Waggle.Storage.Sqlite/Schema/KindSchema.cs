namespace Waggle.Storage.Sqlite;

/// <summary>
/// Migrates a kind's table to its present declaration. The rowid is (hive, seq), see <see cref="RowKey"/>. Compared with a table clustered by id, this halves
/// the size of a commit, because entities that change together were created together and share pages.
/// </summary>
internal static class KindSchema
{
    public static void Ensure(SqliteConnection connection, KindTable table)
    {
        connection.Execute(
            $"""
            CREATE TABLE IF NOT EXISTS {table.Name}(key INTEGER PRIMARY KEY, hive INTEGER NOT NULL, id TEXT NOT NULL, closed_at INTEGER, body BLOB NOT NULL);
            CREATE UNIQUE INDEX IF NOT EXISTS {table.Name}_id ON {table.Name}(id, hive);
            CREATE INDEX IF NOT EXISTS {table.ClosedIndex} ON {table.Name}(closed_at);
            """);

        var present = Names(connection, $"SELECT name FROM pragma_table_info('{table.Name}')");
        var indexes =
            Names(connection, $"SELECT name FROM pragma_index_list('{table.Name}') WHERE name GLOB '{table.Name}_by_*' OR name GLOB '{table.Name}_one_*'");
        for (var i = 0; i < table.Columns.Count; i++)
        {
            if (!indexes.Contains(table.IndexOf(i, table.IsUnique(i))))
                AddIndex(connection, table, i, present.Contains(table.Columns[i]), indexes.Contains(table.IndexOf(i, !table.IsUnique(i))));
        }

        // A column that is no longer declared, or not in this way, keeps its values but costs the writer nothing.
        foreach (var index in indexes.Except(Enumerable.Range(0, table.Columns.Count).Select(i => table.IndexOf(i, table.IsUnique(i)))))
            connection.Execute($"DROP INDEX {index}");
    }

    private static void AddIndex(SqliteConnection connection, KindTable table, int column, bool present, bool current)
    {
        var name = table.Columns[column];
        if (!present)
            connection.Execute($"ALTER TABLE {table.Name} ADD COLUMN {name} TEXT");
        else if (!current)
            // The column was declared before and then not, so its values are out of date.
            connection.Execute($"UPDATE {table.Name} SET {name} = NULL WHERE {name} IS NOT NULL");

        // The index omits nulls, so that an entity pays only for the columns that it uses.
        var unique = table.IsUnique(column);
        connection.Execute(
            $"CREATE {(unique ? "UNIQUE " : "")}INDEX {table.IndexOf(column, unique)} ON {table.Name}({name}{(unique ? ", hive" : "")}) WHERE {name} "
                + $"IS NOT NULL");
    }

    private static HashSet<string> Names(SqliteConnection connection, string sql)
    {
        using var statement = connection.Prepare(sql);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (statement.Step())
            names.Add(statement.Text(0)!);
        return names;
    }
}
