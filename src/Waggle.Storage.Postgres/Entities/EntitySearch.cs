using System.Text;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Schema;

namespace Waggle.Storage.Postgres.Entities;

/// <summary>
/// Writes the statements that find entities. One index leads: each of its values is read in order up to the limit and the results are merged, so that "the
/// newest 100 that are failed or expired" examines 200 rows and not all rows that ever failed. PostgreSQL's own plan for a list of values sorts every match.
/// The head of the snapshot comes with the rows in one statement, because each statement has a snapshot of its own.
/// </summary>
internal static class EntitySearch
{
    public static NpgsqlCommand Page(NpgsqlConnection connection, string schema, KindTable table, int hive, EntityQuery query)
    {
        var order = query.Ascending ? "ASC" : "DESC";
        var parameters = new List<string[]>();
        var where = new StringBuilder("t.hive = $1");
        if (query.After is not null) where.Append(query.Ascending ? " AND t.seq > $3" : " AND t.seq < $3");
        if (query.OpenOnly) where.Append(" AND t.closed_at IS NULL");
        var lead = Lead(table, query);
        foreach (var (column, values) in query.Equal)
        {
            if (column == lead) continue;
            parameters.Add([.. values.Select(StoredText.From)]);
            where.Append($" AND t.{table.Columns[table.ColumnAt(column)]} = ANY(${3 + parameters.Count})");
        }

        var find = $"SELECT {Fields(table)} FROM {table.Name} t WHERE {where}";
        if (lead is not null)
        {
            parameters.Add([.. query.Equal[lead].Distinct(StringComparer.Ordinal).Select(StoredText.From)]);
            find = $"SELECT x.* FROM unnest(${3 + parameters.Count}) AS v(v) CROSS JOIN LATERAL "
                + $"({find} AND {table.Is(table.ColumnAt(lead), "v.v")} ORDER BY t.seq {order} LIMIT $2) x";
        }

        var command = WithPosition(connection, schema, $"{find} ORDER BY seq {order} LIMIT $2", $"seq {order}");
        command.Parameters.With(hive).With((long)query.Limit).With(query.After ?? 0);
        foreach (var values in parameters) command.Parameters.With(values);
        return command;
    }

    public static NpgsqlCommand Count(NpgsqlConnection connection, KindTable table, int hive, EntityQuery query)
    {
        var sql = new StringBuilder($"SELECT count(*) FROM {table.Name} WHERE hive = $1");
        if (query.OpenOnly) sql.Append(" AND closed_at IS NULL");
        var command = new NpgsqlCommand { Connection = connection };
        command.Parameters.With(hive);
        foreach (var (column, values) in query.Equal)
        {
            command.Parameters.With([.. values.Select(StoredText.From)]);
            var (at, parameter) = (table.ColumnAt(column), command.Parameters.Count);
            sql.Append($" AND {table.Columns[at]} = ANY(${parameter})");
            if (!table.Unique[at]) sql.Append($" AND {table.Indexed(at)} = ANY(ARRAY(SELECT left(v, 400) FROM unnest(${parameter}) AS v(v)))");
        }

        command.CommandText = sql.ToString();
        return command;
    }

    public static NpgsqlCommand Range(NpgsqlConnection connection, string schema, KindTable table, int hive, EntityRange range)
    {
        var by = range.Column is { } column ? table.ColumnAt(column) : -1;
        var name = by < 0 ? "id" : table.Columns[by];
        var where = new StringBuilder($"hive = $1 AND {name} >= $3");
        if (range.Before is not null) where.Append($" AND {name} < $4");

        // A beginning orders as its text does, so the index gives the order, except among texts with the same beginning.
        var order = by < 0 ? "id" : table.Unique[by] ? $"{name}, seq" : $"{table.Indexed(by)}, {name}, seq";
        if (by >= 0 && !table.Unique[by])
        {
            where.Append($" AND {table.Indexed(by)} >= left($3, 400)");
            if (range.Before is not null) where.Append($" AND {table.Indexed(by)} <= left($4, 400)");
        }

        var command = WithPosition(
            connection, schema, $"SELECT {table.Fields} FROM {table.Name} WHERE {where} ORDER BY {order} LIMIT $2", by < 0 ? "id" : $"{name}, seq");
        command.Parameters.With(hive).With((long)range.Limit).With(StoredText.From(range.From));
        if (range.Before is { } before) command.Parameters.With(StoredText.From(before));
        return command;
    }

    private static NpgsqlCommand WithPosition(NpgsqlConnection connection, string schema, string find, string order) => new(
        $"SELECT h.epoch, h.head, e.* FROM (SELECT epoch, head FROM \"{schema}\".hive WHERE no = $1) h LEFT JOIN ({find}) e ON true ORDER BY {order}",
        connection);

    /// <summary>Returns the column whose index leads: a unique one, or the first one named. The server's statistics choose among the others.</summary>
    private static string? Lead(KindTable table, EntityQuery query) =>
        query.Equal.Keys.FirstOrDefault(column => table.Unique[table.ColumnAt(column)]) ?? query.Equal.Keys.FirstOrDefault();

    private static string Fields(KindTable table) => string.Join(", ", table.Fields.Split(", ").Select(field => $"t.{field}"));
}
