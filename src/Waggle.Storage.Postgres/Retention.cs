using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;
using Waggle.Storage.Postgres.Schema;

namespace Waggle.Storage.Postgres;

/// <summary>
/// Deletes entities and log rows past their retention, and rewrites log rows. It compares only the term, because the head moves meanwhile. The comparison
/// locks the hive's row, so that an owner that was replaced changes nothing of its successor.
/// </summary>
internal sealed class Retention(Database database, HiveRows hives)
{
    private readonly string _own =
        $"WITH own AS (SELECT no FROM \"{database.Schema}\".hive WHERE no = $1 AND term = $2 FOR NO KEY UPDATE) SELECT 1 / count(*) FROM own";

    /// <returns>The number of deleted entities, at most <paramref name="limit"/>.</returns>
    public ValueTask<int> PruneEntitiesAsync(Tenure tenure, KindTable table, DateTimeOffset closedBefore, int limit, CancellationToken cancel) => DeleteAsync(
        tenure,
        $"""
        WITH due AS (DELETE FROM {table.Name} WHERE hive = $1 AND id IN (
            SELECT id FROM {table.Name} WHERE hive = $1 AND closed_at < $2 ORDER BY closed_at LIMIT $3) RETURNING 1)
        SELECT count(*) FROM due
        """,
        closedBefore, limit, cancel);

    /// <summary>Times in the log never run backwards, so the rows that are old enough are its beginning, and the rest stays complete.</summary>
    /// <returns>The number of deleted log rows, at most <paramref name="limit"/>.</returns>
    public ValueTask<int> PruneLogAsync(Tenure tenure, DateTimeOffset writtenBefore, int limit, CancellationToken cancel) => DeleteAsync(
        tenure,
        $"""
        WITH first AS (SELECT last, at FROM "{database.Schema}".log WHERE hive = $1 ORDER BY last LIMIT $3),
            due AS (DELETE FROM "{database.Schema}".log WHERE hive = $1 AND last <= (SELECT max(last) FROM first WHERE at < $2) RETURNING last),
            raised AS (UPDATE "{database.Schema}".hive SET floor = greatest(floor, (SELECT max(last) FROM due)) WHERE no = $1)
        SELECT count(*) FROM due
        """,
        writtenBefore, limit, cancel);

    /// <returns>The number of replaced log rows.</returns>
    public ValueTask<int> RewriteLogAsync(Tenure tenure, IReadOnlyList<LogRow> rows, CancellationToken cancel) => WriteAsync(
        tenure,
        "Rewriting rows of the log",
        $"""
        WITH new AS (SELECT * FROM unnest($2, $3, $4) AS given(last, first, body)),
            done AS (UPDATE "{database.Schema}".log SET body = new.body FROM new
                WHERE log.hive = $1 AND log.last = new.last AND log.first = new.first RETURNING 1)
        SELECT count(*) FROM done
        """,
        parameters => parameters
            .With(rows.Select(r => r.LastOffset).ToArray()).With(rows.Select(r => r.FirstOffset).ToArray()).With(rows.Select(r => r.Body).ToArray()),
        cancel);

    private ValueTask<int> DeleteAsync(Tenure tenure, string delete, DateTimeOffset before, int limit, CancellationToken cancel) => WriteAsync(
        tenure,
        "Deleting what is past its retention",
        delete,
        parameters => parameters.With(Micros.From(before)).With((long)Math.Max(0, limit)),
        cancel);

    private async ValueTask<int> WriteAsync(Tenure tenure, string doing, string text, Action<NpgsqlParameterCollection> bind, CancellationToken cancel)
    {
        var hive = await hives.RequireAsync(tenure, cancel);
        return await database.WriteAsync(
            doing,
            async connection =>
            {
                await using var commands = new NpgsqlBatch(connection);
                commands.BatchCommands.Add(new NpgsqlBatchCommand(_own));
                commands.BatchCommands.Add(new NpgsqlBatchCommand(text));
                commands.BatchCommands[0].Parameters.With(hive.No).With(tenure.Term);
                bind(commands.BatchCommands[1].Parameters.With(hive.No));
                try
                {
                    await using var rows = await commands.ExecuteReaderAsync(cancel);
                    await rows.NextResultAsync(cancel);
                    await rows.ReadAsync(cancel);
                    return (int)rows.GetInt64(0);
                }
                catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DivisionByZero)
                {
                    throw HiveRows.Fenced(tenure, e);
                }
            },
            cancel);
    }
}
