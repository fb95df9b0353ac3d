using System.Globalization;
using System.Text.Json;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>Reads the index of tasks.</summary>
internal static class TaskIndexReader
{
    private const int MostTypes = 20;

    public static TaskIndexState State(SqliteConnection connection)
    {
        var progress = Position.TryParse(connection.Meta("at"), out var at)
            ? new TaskIndexProgress(
                at, long.TryParse(connection.Meta("cursor"), NumberStyles.None, CultureInfo.InvariantCulture, out var cursor) ? cursor : null)
            : null;
        return new TaskIndexState(progress, connection.ScalarInt64("SELECT count(*) FROM doc"));
    }

    public static IReadOnlyList<TaskIndexHit> Find(SqliteConnection connection, TaskIndexQuery query)
    {
        var hits = new List<TaskIndexHit>(Math.Min(query.Limit, 1_000));
        if (HasNone(query)) return hits;
        var (order, compare) = query.Ascending ? ("ASC", ">") : ("DESC", "<");
        var match = TaskFacets.Match(query);
        var rows = connection.Cached(match is null
            ? $"SELECT seq, id FROM doc WHERE seq {compare} ?2 ORDER BY seq {order} LIMIT ?3"
            : "SELECT d.seq, d.id FROM words w CROSS JOIN doc d ON d.seq = w.rowid WHERE w.words MATCH ?1 "
                + $"AND w.rowid {compare} ?2 ORDER BY w.rowid {order} LIMIT ?3");
        if (match is not null) rows.BindText(1, match);
        rows.Bind(2, query.After ?? (query.Ascending ? 0 : long.MaxValue));
        rows.Bind(3, query.Limit);
        while (rows.Step()) hits.Add(new TaskIndexHit(rows.Int64(0), rows.Text(1)!));
        return hits;
    }

    public static long Count(SqliteConnection connection, TaskIndexQuery query)
    {
        if (HasNone(query)) return 0;
        var match = TaskFacets.Match(query);
        var rows = connection.Cached(match is null ? "SELECT count(*) FROM doc" : "SELECT count(*) FROM words WHERE words MATCH ?1");
        if (match is not null) rows.BindText(1, match);
        rows.Step();
        var count = rows.Int64(0);
        rows.Reset();
        return count;
    }

    public static IReadOnlyList<TaskIndexGroup> Groups(SqliteConnection connection, TaskIndexQuery query, int limit)
    {
        var groups = new List<TaskIndexGroup>();
        if (HasNone(query)) return groups;
        var match = query.Terms.Count > 0 ? TaskFacets.Match(query) : null;

        // The message is that of a task which the query finds, because others may be in swarms that the caller may not read. With max(at) as the only
        // aggregate of its kind, SQLite takes the other columns from the row that has it.
        var rows = connection.Cached(
            $"""
            WITH hit AS (
              SELECT fault, at, id, type, message FROM doc WHERE fault IS NOT NULL
                AND (?2 IS NULL OR swarm IN (SELECT value FROM json_each(?2))) AND (?3 IS NULL OR state IN (SELECT value FROM json_each(?3)))
                AND (?4 IS NULL OR type = ?4) AND (?5 IS NULL OR parent = ?5)
                AND (?6 IS NULL OR fault = (SELECT no FROM fault WHERE fingerprint = ?6))
                {(match is null ? "" : "AND seq IN (SELECT rowid FROM words WHERE words MATCH ?1)")}
            )
            SELECT f.fingerprint, f.code, l.message, g.count, g.first, l.last, l.id, g.types
            FROM (SELECT fault, count(*) AS count, min(at) AS first, json_group_array(DISTINCT type) AS types FROM hit GROUP BY fault) g
            JOIN (SELECT fault, max(at) AS last, id, message FROM hit GROUP BY fault) l ON l.fault = g.fault
            JOIN fault f ON f.no = g.fault ORDER BY g.count DESC, l.last DESC LIMIT ?7
            """);
        if (match is not null) rows.BindText(1, match);
        rows.BindText(2, Json(query.Swarms));
        rows.BindText(3, Json(query.States));
        rows.BindText(4, query.Type);
        rows.BindText(5, query.Parent);
        rows.BindText(6, query.Fingerprint);
        rows.Bind(7, limit);
        while (rows.Step())
        {
            groups.Add(new TaskIndexGroup(
                rows.Text(0)!, rows.Text(1)!, rows.Text(2)!, rows.Int64(3), Time(rows.Int64(4)), Time(rows.Int64(5)), rows.Text(6)!, Types(rows.Text(7))));
        }

        return groups;
    }

    // A principal may reach no swarm at all.
    private static bool HasNone(TaskIndexQuery query) => query.Swarms is { Count: 0 } || query.States is { Count: 0 };

    private static string? Json(IReadOnlyList<string>? values) =>
        values is null ? null : JsonSerializer.Serialize(values, SearchJson.Default.IReadOnlyListString);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static List<string> Types(string? json) =>
    [
        .. (JsonSerializer.Deserialize(json ?? "[]", SearchJson.Default.IReadOnlyListString) ?? [])
            .Where(t => t is not null).Order(StringComparer.Ordinal).Take(MostTypes),
    ];
}
