using System.Text;
using SQLitePCL;
using Waggle.Core.Ports;
using static SQLitePCL.raw;

namespace Waggle.Storage.Sqlite;

/// <summary>One connection and the statements prepared on it. One thread at a time may use it; its holder ensures that.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private const int StatementCacheSize = 128;
    private const int StatusCacheWrite = 9;
    private const int ControlSizeHint = 5;
    private const int ControlChunkSize = 6;

    private readonly sqlite3 _db;
    private readonly string _file;
    private readonly Dictionary<string, Statement> _statements = [];
    private byte[] _utf8 = new byte[1024];

    private SqliteConnection(sqlite3 db, string file) => (_db, _file) = (db, file);

    public int Changes => sqlite3_changes(_db);

    public bool InTransaction => sqlite3_get_autocommit(_db) == 0;

    public static SqliteConnection Open(string file, bool readOnly, int busyMilliseconds)
    {
        var flags = SQLITE_OPEN_NOMUTEX | (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        var code = sqlite3_open_v2(file, out var db, flags, null);
        if (code != SQLITE_OK)
        {
            var error = SqliteErrors.From(
                code, db is { IsInvalid: false } ? sqlite3_errmsg(db).utf8_to_string() : "cannot open", file, "The database could not be opened");
            db?.Dispose();
            throw error;
        }

        sqlite3_extended_result_codes(db, 1);
        sqlite3_busy_timeout(db, busyMilliseconds);
        return new SqliteConnection(db, file);
    }

    public StoreException Error(int code, string doing) => SqliteErrors.From(code, sqlite3_errmsg(_db).utf8_to_string(), _file, doing);

    /// <summary>Prepares a statement that the caller keeps.</summary>
    public Statement Prepare(string sql)
    {
        var code = sqlite3_prepare_v3(_db, sql, SQLITE_PREPARE_PERSISTENT, out var handle);
        return code == SQLITE_OK ? new Statement(this, handle) : throw Error(code, "A statement could not be prepared");
    }

    /// <summary>Returns the statement for this text, prepared on its first use.</summary>
    public Statement Cached(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement))
            return statement;

        // Query texts derive from the declared kinds and are few; the limit protects against a program that generates them.
        if (_statements.Count >= StatementCacheSize)
            DropStatements();
        return _statements[sql] = Prepare(sql);
    }

    /// <summary>Runs one or more statements once.</summary>
    public void Execute(string sql)
    {
        var code = sqlite3_exec(_db, sql);
        if (code != SQLITE_OK)
            throw Error(code, "A statement failed");
    }

    public long ScalarInt64(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    public void Begin() => Cached("BEGIN IMMEDIATE").Run();

    public void BeginRead() => Cached("BEGIN").Run();

    public void Commit() => Cached("COMMIT").Run();

    /// <summary>Rolls back after a failure. SQLite may have done so already.</summary>
    public void Rollback()
    {
        if (InTransaction)
            sqlite3_exec(_db, "ROLLBACK");
    }

    /// <summary>Returns the number of pages written since the last call.</summary>
    public int TakePagesWritten() => sqlite3_db_status(_db, StatusCacheWrite, out var pages, out _, 1) == SQLITE_OK ? pages : 0;

    /// <summary>Returns the number of pages in the database, including those of the transaction under way.</summary>
    public long PageCount()
    {
        var count = Cached("PRAGMA page_count");
        count.Step();
        var pages = count.Int64(0);
        count.Reset();
        return pages;
    }

    /// <summary>Makes the database file grow and shrink by multiples of this many bytes.</summary>
    public unsafe void SetChunkSize(int bytes) => NativeSqlite.FileControl(_db, ControlChunkSize, &bytes);

    /// <summary>Allocates disk blocks for the database file, up to this length rounded up to whole chunks.</summary>
    /// <exception cref="StoreFullException">The disk has no room.</exception>
    public unsafe void Allocate(long bytes)
    {
        var code = NativeSqlite.FileControl(_db, ControlSizeHint, &bytes);
        if (code is not (SQLITE_OK or SQLITE_NOTFOUND))
            throw SqliteErrors.From(code, "no room for the database file", _file, "The database could not be extended");
    }

    /// <summary>
    /// Copies the pages that no reader needs any more from the write-ahead log into the database, without waiting. Returns the number of pages in the log.
    /// </summary>
    public int Checkpoint()
    {
        // An error here loses nothing: the pages stay in the log and the next checkpoint tries again.
        return sqlite3_wal_checkpoint_v2(_db, null!, SQLITE_CHECKPOINT_PASSIVE, out var logged, out _) == SQLITE_OK ? logged : 0;
    }

    /// <summary>Copies all pages from the write-ahead log into the database and truncates the log to nothing.</summary>
    /// <exception cref="StoreException">Another process reads the database now.</exception>
    public void CheckpointAll()
    {
        var code = sqlite3_wal_checkpoint_v2(_db, null!, SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        if (code != SQLITE_OK)
            throw Error(code, "The write-ahead log could not be emptied");
    }

    /// <summary>Returns the text as UTF-8. The span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Utf8(string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_utf8.Length < most)
            _utf8 = new byte[most];
        return _utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, _utf8));
    }

    public void Dispose()
    {
        DropStatements();
        _db.Dispose();
    }

    private void DropStatements()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
    }
}
