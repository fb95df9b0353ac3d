using System.Text;
using System.Text.Json;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// Finds the rows of one page. One index leads: each of its values is read in order up to the limit and the results are merged, so that "the newest 100 that
/// are failed or expired" examines 200 rows and not all rows that ever failed. SQLite's own plan for such a query sorts every match.
/// </summary>
internal sealed class EntitySearch(SqliteConnection connection, KindTable table, long hive, EntityQuery query)
{
    /// <summary>
    /// The number of rows up to which an index leads regardless of the other conditions. An exact count beyond it would not change the choice.
    /// </summary>
    private const int FewRows = 1000;

    private const int DriverAt = 4;
    private const int OthersAt = 6;

    private readonly long _from = query is { Ascending: true, After: >= 0 and var after } ? RowKey.Clamp(hive, after) + 1 : RowKey.First(hive);
    private readonly long _to = query is { Ascending: false, After: { } after } ? RowKey.Clamp(hive, after) - 1 : RowKey.Last(hive);

    /// <summary>Returns the keys of the page, in its order.</summary>
    public List<long> Keys()
    {
        if (query.Equal.Values.Any(values => values.Count == 0))
            return [];

        var keys = new List<long>();
        if (Driver() is not { } column)
        {
            ReadKeys(Prepare(null), keys);
            return keys;
        }

        var at = table.ColumnAt(column);
        var find = Prepare(column);
        foreach (var value in Values(column))
        {
            BindValue(find, at, value, DriverAt);
            ReadKeys(find, keys);
        }

        keys.Sort(query.Ascending ? static (a, b) => a.CompareTo(b) : static (a, b) => b.CompareTo(a));
        if (keys.Count > query.Limit)
            keys.RemoveRange(query.Limit, keys.Count - query.Limit);
        return keys;
    }

    private static void ReadKeys(Statement find, List<long> keys)
    {
        while (find.Step())
            keys.Add(find.Int64(0));
    }

    private IEnumerable<string> Values(string column) => query.Equal[column].Distinct(StringComparer.Ordinal);

    /// <summary>Returns the column whose index leads, or null for the order of creation (of the open entities, if the query wants only those).</summary>
    private string? Driver()
    {
        if (query.Equal.Count == 0)
            return null;
        if (query is { Equal.Count: 1, OpenOnly: false })
            return query.Equal.Keys.First();

        var (best, fewest) = query.Equal.Keys.Select(column => (column, Count: Probe(column))).MinBy(found => found.Count);
        return query.OpenOnly && fewest >= FewRows ? null : best;
    }

    private long Probe(string column)
    {
        var at = table.ColumnAt(column);
        var probe = connection.Cached(
            $"SELECT count(*) FROM (SELECT 1 FROM {table.Name} INDEXED BY {table.IndexOf(at, table.IsUnique(at))} WHERE {IsValue(at, DriverAt)} AND key "
                + $"BETWEEN ?1 AND ?2 LIMIT {FewRows})");
        var rows = 0L;
        foreach (var value in Values(column))
        {
            probe.Bind(1, _from);
            probe.Bind(2, _to);
            BindValue(probe, at, value, DriverAt);
            probe.Step();
            rows += probe.Int64(0);
            probe.Reset();
            if (rows >= FewRows)
                break;
        }

        return Math.Min(rows, FewRows);
    }

    /// <summary>Prepares the statement with every parameter bound except the value of the leading column.</summary>
    private Statement Prepare(string? driver)
    {
        var others = query.Equal.Keys.Where(column => column != driver).ToList();
        var sql = new StringBuilder($"SELECT key FROM {table.Name}");
        if (driver is not null)
        {
            var at = table.ColumnAt(driver);
            sql.Append($" INDEXED BY {table.IndexOf(at, table.IsUnique(at))} WHERE {IsValue(at, DriverAt)} AND");
        }
        else
        {
            sql.Append(query.OpenOnly ? $" INDEXED BY {table.ClosedIndex} WHERE" : " WHERE");
        }

        // The plus signs keep SQLite from choosing another index for a condition.
        sql.Append(" key BETWEEN ?1 AND ?2");
        if (query.OpenOnly)
            sql.Append(driver is null ? " AND closed_at IS NULL" : " AND +closed_at IS NULL");
        for (var i = 0; i < others.Count; i++)
            sql.Append($" AND +{table.Columns[table.ColumnAt(others[i])]} IN (SELECT value FROM json_each(?{OthersAt + i}))");
        sql.Append($" ORDER BY key {(query.Ascending ? "ASC" : "DESC")} LIMIT ?3");

        var find = connection.Cached(sql.ToString());
        find.Bind(1, _from);
        find.Bind(2, _to);
        find.Bind(3, query.Limit);
        for (var i = 0; i < others.Count; i++)
            find.BindText(OthersAt + i, JsonSerializer.SerializeToUtf8Bytes(query.Equal[others[i]], SearchJson.Default.IReadOnlyListString));
        return find;
    }

    private string IsValue(int column, int parameter) =>
        $"{table.Columns[column]} = ?{parameter}" + (table.IsUnique(column) ? $" AND hive = ?{parameter + 1}" : "");

    private void BindValue(Statement statement, int column, string value, int parameter)
    {
        statement.BindText(parameter, value);
        if (table.IsUnique(column))
            statement.Bind(parameter + 1, hive);
    }
}
