using System.Text;
using System.Text.Json;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// Finds the rows of one page. One index drives: each of its values is read in order up to the limit and the results are merged, so that "the newest 100 that are failed or expired"
/// looks at 200 rows and not at all that ever failed. SQLite's own plan for such a query sorts every match.
/// </summary>
internal sealed class EntitySearch(Connection connection, KindTable table, long hive, EntityQuery query)
{
    /// <summary>Up to this many rows an index is worth following whatever the other conditions are; beyond it, counting on tells nothing new.</summary>
    private const int FewRows = 1000;

    private readonly long _from = query is { Ascending: true, After: >= 0 and var after } ? RowKey.Clamp(hive, after) + 1 : RowKey.First(hive);
    private readonly long _to = query is { Ascending: false, After: { } after } ? RowKey.Clamp(hive, after) - 1 : RowKey.Last(hive);

    /// <summary>The keys of the page, in its order.</summary>
    public List<long> Keys()
    {
        if (query.Equal.Values.Any(values => values.Count == 0))
            return [];

        var keys = new List<long>();
        if (Driver() is { } column)
        {
            foreach (var value in Values(column))
                Collect(keys, column, value);
            if (query.Ascending)
                keys.Sort();
            else
                keys.Sort(static (a, b) => b.CompareTo(a));
            if (keys.Count > query.Limit)
                keys.RemoveRange(query.Limit, keys.Count - query.Limit);
        }
        else
        {
            Collect(keys, null, null);
        }

        return keys;
    }

    private IEnumerable<string> Values(string column) => query.Equal[column].Distinct(StringComparer.Ordinal);

    /// <summary>The column whose index leads, or null for the order of creation (of the open ones, if only those are wanted).</summary>
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
            $"SELECT count(*) FROM (SELECT 1 FROM {table.Name} INDEXED BY {table.IndexOf(at, table.IsUnique(at))} WHERE {IsValue(at, 3)} AND key BETWEEN ?1 AND ?2 LIMIT {FewRows})");
        var rows = 0L;
        foreach (var value in Values(column))
        {
            probe.Bind(1, _from);
            probe.Bind(2, _to);
            BindValue(probe, at, value, 3);
            probe.Step();
            rows += probe.Int64(0);
            probe.Reset();
            if (rows >= FewRows)
                break;
        }

        return Math.Min(rows, FewRows);
    }

    private void Collect(List<long> keys, string? driver, string? value)
    {
        var sql = new StringBuilder($"SELECT key FROM {table.Name}");
        var parameter = 4;
        var others = query.Equal.Keys.Where(column => column != driver).ToList();
        var driverAt = driver is null ? -1 : table.ColumnAt(driver);
        if (driver is not null)
            sql.Append($" INDEXED BY {table.IndexOf(driverAt, table.IsUnique(driverAt))}");
        else if (query.OpenOnly)
            sql.Append($" INDEXED BY {table.ClosedIndex}");
        sql.Append(" WHERE key BETWEEN ?1 AND ?2");
        if (driver is not null)
            sql.Append($" AND {IsValue(driverAt, parameter)}");
        parameter += 2;

        // The plus signs keep these conditions from choosing an index of their own.
        if (query.OpenOnly)
            sql.Append(driver is null ? " AND closed_at IS NULL" : " AND +closed_at IS NULL");
        foreach (var column in others)
            sql.Append($" AND +{table.Columns[table.ColumnAt(column)]} IN (SELECT value FROM json_each(?{parameter++}))");
        sql.Append($" ORDER BY key {(query.Ascending ? "ASC" : "DESC")} LIMIT ?3");

        var find = connection.Cached(sql.ToString());
        find.Bind(1, _from);
        find.Bind(2, _to);
        find.Bind(3, query.Limit);
        if (driver is not null)
            BindValue(find, driverAt, value!, 4);
        parameter = 6;
        foreach (var column in others)
            find.BindText(parameter++, JsonSerializer.SerializeToUtf8Bytes(query.Equal[column], SearchJson.Default.IReadOnlyListString));
        while (find.Step())
            keys.Add(find.Int64(0));
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
