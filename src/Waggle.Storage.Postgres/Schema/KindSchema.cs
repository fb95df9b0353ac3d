using Npgsql;

namespace Waggle.Storage.Postgres.Schema;

/// <summary>
/// Migrates a kind's table to its present declaration. Every transition of an entity changes indexed columns, so each index costs a write: there is none that
/// no statement of the store uses.
/// </summary>
internal static class KindSchema
{
    // A hot table has many dead rows, and a fifth of a large one would be vacuumed too late.
    private const string Storage = "WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)";

    public static IEnumerable<string> Changes(KindTable table, PresentSchema present)
    {
        if (!present.Tables.Contains(table.Table))
        {
            var columns = string.Concat(table.Columns.Select(column => $", {column} text COLLATE \"C\""));
            yield return $"CREATE TABLE {table.Name}(hive int NOT NULL, id text COLLATE \"C\" NOT NULL, seq bigint NOT NULL, closed_at bigint, "
                + $"body bytea NOT NULL{columns}, PRIMARY KEY(hive, id)) {Storage}";
            yield return $"CREATE UNIQUE INDEX {table.Table}_seq ON {table.Name}(hive, seq)";
            yield return $"CREATE INDEX {table.Table}_open ON {table.Name}(hive, seq) WHERE closed_at IS NULL";
            yield return $"CREATE INDEX {table.Table}_closed ON {table.Name}(hive, closed_at) WHERE closed_at IS NOT NULL";
        }

        var wanted = Enumerable.Range(0, table.Columns.Count).Select(table.IndexOf).ToHashSet(StringComparer.Ordinal);

        // A column that is no longer declared, or not in this way, keeps its values but costs the writer nothing.
        foreach (var (index, of) in present.Indexes)
        {
            if (of == table.Table && IsOfColumn(index, of) && !wanted.Contains(index))
                yield return $"DROP INDEX {table.Name[..table.Name.IndexOf('.')]}.\"{index}\"";
        }

        for (var i = 0; i < table.Columns.Count; i++)
        {
            var index = table.IndexOf(i);
            if (present.Indexes.ContainsKey(index)) continue;
            var column = table.Columns[i];
            if (present.Tables.Contains(table.Table))
            {
                // Where the column was declared before and then not, its values are out of date.
                yield return present.Columns.Contains((table.Table, column))
                    ? $"UPDATE {table.Name} SET {column} = NULL WHERE {column} IS NOT NULL"
                    : $"ALTER TABLE {table.Name} ADD COLUMN {column} text COLLATE \"C\"";
            }

            yield return table.Unique[i]
                ? $"CREATE UNIQUE INDEX \"{index}\" ON {table.Name}(hive, {column}) WHERE {column} IS NOT NULL"
                : $"CREATE INDEX \"{index}\" ON {table.Name}(hive, {table.Indexed(i)}, seq) WHERE {column} IS NOT NULL";
        }
    }

    private static bool IsOfColumn(string index, string table) =>
        index.StartsWith($"{table}_by_", StringComparison.Ordinal) || index.StartsWith($"{table}_one_", StringComparison.Ordinal);
}

/// <summary>The tables, columns and indexes that a schema has.</summary>
internal sealed record PresentSchema(
    bool Exists, HashSet<string> Tables, HashSet<(string Table, string Column)> Columns, Dictionary<string, string> Indexes)
{
    public static async Task<PresentSchema> ReadAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        var present = new PresentSchema(await ExistsAsync(connection, schema, cancel), [], [], []);
        await using var columns = Command(
            connection,
            """
            SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid WHERE n.nspname = $1 AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
            """,
            schema);
        await using (var rows = await columns.ExecuteReaderAsync(cancel))
        {
            while (await rows.ReadAsync(cancel))
            {
                present.Tables.Add(rows.GetString(0));
                present.Columns.Add((rows.GetString(0), rows.GetString(1)));
            }
        }

        await using var indexes = Command(connection, "SELECT indexname::text, tablename::text FROM pg_indexes WHERE schemaname = $1", schema);
        await using (var rows = await indexes.ExecuteReaderAsync(cancel))
        {
            while (await rows.ReadAsync(cancel)) present.Indexes[rows.GetString(0)] = rows.GetString(1);
        }

        return present;
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        await using var exists = Command(connection, "SELECT EXISTS(SELECT 1 FROM pg_namespace WHERE nspname = $1)", schema);
        return (bool)(await exists.ExecuteScalarAsync(cancel))!;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string schema) =>
        new(sql, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = schema } } };
}
