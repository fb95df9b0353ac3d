using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// Deletes entities and log rows past their retention, one slice at a time, so that commits can run in between. It compares only the term, because the head
/// moves meanwhile.
/// </summary>
internal sealed class Retention(SqliteConnection writer, WriterStatements statements, WriterTurns turns, HiveNumbers hives)
{
    /// <summary>Deletes entities, within a turn of the writer.</summary>
    /// <returns>The number of deleted entities, at most <paramref name="limit"/>.</returns>
    public int PruneEntities(Tenure tenure, KindTable table, DateTimeOffset closedBefore, int limit) =>
        InSlices(limit, slice => PruneEntities(tenure, table, Micros.From(closedBefore), slice));

    /// <summary>Deletes log rows, within a turn of the writer.</summary>
    /// <returns>The number of deleted log rows, at most <paramref name="limit"/>.</returns>
    public int PruneLog(Tenure tenure, DateTimeOffset writtenBefore, int limit) =>
        InSlices(limit, slice => PruneLog(tenure, Micros.From(writtenBefore), slice));

    /// <summary>
    /// Deletes in slices that shrink on a full disk. A deletion needs room in the write-ahead log; a smaller one succeeds, and each makes room for more.
    /// </summary>
    private int InSlices(int limit, Func<int, int> prune)
    {
        for (var slice = limit; ; slice = Math.Max(1, slice / 8))
        {
            try
            {
                return turns.Transact(() => prune(slice));
            }
            catch (StoreFullException) when (slice > 1)
            {
                // The next try deletes fewer.
            }
        }
    }

    private int PruneEntities(Tenure tenure, KindTable table, long closedBefore, int limit)
    {
        var hive = hives.Require(tenure);
        RequireTerm(hive, tenure);
        var delete = writer.Cached(
            $"""
            DELETE FROM {table.Name} WHERE key IN (
                SELECT key FROM {table.Name} WHERE closed_at < ?1 AND key BETWEEN ?2 AND ?3 ORDER BY closed_at LIMIT ?4)
            """);
        delete.Bind(1, closedBefore);
        delete.Bind(2, RowKey.First(hive));
        delete.Bind(3, RowKey.Last(hive));
        delete.Bind(4, Math.Max(0, limit));
        return delete.Run();
    }

    private int PruneLog(Tenure tenure, long writtenBefore, int limit)
    {
        var hive = hives.Require(tenure);
        RequireTerm(hive, tenure);

        // Times in the log never run backwards, so the rows that are old enough are its beginning, and the rest stays complete.
        var find = writer.Cached("SELECT max(key) FROM (SELECT key, at FROM log WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT ?3) WHERE at < ?4");
        find.Bind(1, RowKey.First(hive));
        find.Bind(2, RowKey.Last(hive));
        find.Bind(3, Math.Max(0, limit));
        find.Bind(4, writtenBefore);
        find.Step();
        var last = find.IsNull(0) ? (long?)null : find.Int64(0);
        find.Reset();
        if (last is not { } end)
            return 0;

        var delete = writer.Cached("DELETE FROM log WHERE key BETWEEN ?1 AND ?2");
        delete.Bind(1, RowKey.First(hive));
        delete.Bind(2, end);
        var deleted = delete.Run();

        // After a restore the floor is above every offset of the backup.
        var floor = writer.Cached("UPDATE hive SET floor = max(floor, ?1) WHERE no = ?2");
        floor.Bind(1, RowKey.Offset(end));
        floor.Bind(2, hive);
        floor.Run();
        return deleted;
    }

    private void RequireTerm(long hive, Tenure tenure)
    {
        if (!statements.HasTerm(hive, tenure.Term)) throw HiveNumbers.Fenced(tenure);
    }
}
