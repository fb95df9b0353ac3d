using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Blobs;

namespace Waggle.Storage.Sqlite;

/// <summary>Rewrites log rows, and removes from the files what deleted and replaced data left there. Each is one turn of the writer.</summary>
internal sealed class Erasure(string folder, SqliteConnection writer, WriterStatements statements, WriterTurns turns, HiveNumbers hives)
{
    /// <returns>The number of replaced rows.</returns>
    public int RewriteLog(Tenure tenure, IReadOnlyList<LogRow> rows) => turns.Transact(() =>
    {
        var hive = hives.Require(tenure);
        if (!statements.HasTerm(hive, tenure.Term)) throw HiveNumbers.Fenced(tenure);
        var replaced = 0;
        var update = writer.Cached("UPDATE log SET body = ?1 WHERE key = ?2 AND first = ?3");
        foreach (var row in rows)
        {
            update.BindBlob(1, row.Body.Span);
            update.Bind(2, RowKey.Of(hive, row.LastOffset));
            update.Bind(3, row.FirstOffset);
            replaced += update.Run();
        }

        return replaced;
    });

    /// <summary>
    /// Copies all live data into new pages and empties the write-ahead log. SQLite can overwrite what it deletes, but pages that it splits keep copies of rows
    /// that moved, so that only a copy of the whole is free of deleted data.
    /// </summary>
    /// <exception cref="StoreException">A backup reads the database, so the write-ahead log cannot be emptied and would have a copy of all data.</exception>
    public bool Scrub()
    {
        if (BackupLock.IsHeld(folder)) throw new StoreException("A backup reads the database now.");
        turns.Vacuum();
        return true;
    }
}
