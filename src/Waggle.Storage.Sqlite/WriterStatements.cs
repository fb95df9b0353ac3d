using System.Collections.Concurrent;

namespace Waggle.Storage.Sqlite;

/// <summary>The prepared statements of the writer about hives and their log.</summary>
internal sealed class WriterStatements(SqliteConnection writer) : IDisposable
{
    private readonly Statement _advance = writer.Prepare("UPDATE hive SET head = ?1, last_write_at = ?2 WHERE no = ?3 AND term = ?4 AND head = ?5");
    private readonly Statement _log = writer.Prepare("INSERT INTO log(key, first, at, body) VALUES(?1, ?2, ?3, ?4)");
    private readonly Statement _term = writer.Prepare("SELECT term FROM hive WHERE no = ?1");

    public static ConcurrentDictionary<string, long> ReadHives(SqliteConnection connection)
    {
        var hives = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        using var all = connection.Prepare("SELECT no, name FROM hive");
        while (all.Step())
            hives[all.Text(1)!] = all.Int64(0);
        return hives;
    }

    /// <summary>Advances the head by the compare-and-set of a commit. Returns false if the hive is not at this term and head.</summary>
    public bool Advance(long hive, long term, long head, long newHead, long at)
    {
        _advance.Bind(1, newHead);
        _advance.Bind(2, at);
        _advance.Bind(3, hive);
        _advance.Bind(4, term);
        _advance.Bind(5, head);
        return _advance.Run() == 1;
    }

    public void AppendLog(long hive, long first, long last, long at, ReadOnlySpan<byte> body)
    {
        _log.Bind(1, RowKey.Of(hive, last));
        _log.Bind(2, first);
        _log.Bind(3, at);
        _log.BindBlob(4, body);
        _log.Run();
    }

    public bool HasTerm(long hive, long term)
    {
        _term.Bind(1, hive);
        var has = _term.Step() && _term.Int64(0) == term;
        _term.Reset();
        return has;
    }

    public void Dispose()
    {
        _advance.Dispose();
        _log.Dispose();
        _term.Dispose();
    }
}
