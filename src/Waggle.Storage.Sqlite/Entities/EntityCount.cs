using System.Text;
using System.Text.Json;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>Counts the rows that a query finds. The order does not matter, so SQLite chooses the index.</summary>
internal sealed class EntityCount(SqliteConnection connection, KindTable table, long hive, EntityQuery query)
{
    private const int ValuesAt = 3;

    public long Read()
    {
        if (query.Equal.Values.Any(values => values.Count == 0))
            return 0;

        var columns = query.Equal.Keys.ToList();
        var sql = new StringBuilder($"SELECT count(*) FROM {table.Name} WHERE key BETWEEN ?1 AND ?2");
        if (query.OpenOnly)
            sql.Append(" AND closed_at IS NULL");
        for (var i = 0; i < columns.Count; i++)
            sql.Append($" AND {table.Columns[table.ColumnAt(columns[i])]} IN (SELECT value FROM json_each(?{ValuesAt + i}))");

        var count = connection.Cached(sql.ToString());
        count.Bind(1, RowKey.First(hive));
        count.Bind(2, RowKey.Last(hive));
        for (var i = 0; i < columns.Count; i++)
            count.BindText(ValuesAt + i, JsonSerializer.SerializeToUtf8Bytes(query.Equal[columns[i]], SearchJson.Default.IReadOnlyListString));
        count.Step();
        var rows = count.Int64(0);
        count.Reset();
        return rows;
    }
}
