using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>The open file of an index of tasks.</summary>
internal sealed class TaskIndexFile : IDisposable
{
    private const int Version = 1;
    private const int ReaderCount = 2;

    private TaskIndexFile(SqliteConnection connection, ReaderPool readers)
    {
        Connection = connection;
        Readers = readers;
        Writer = new TaskIndexWriter(connection);
    }

    public SqliteConnection Connection { get; }

    public ReaderPool Readers { get; }

    public TaskIndexWriter Writer { get; }

    /// <exception cref="StoreCorruptException">The file is no index of this version.</exception>
    public static TaskIndexFile Open(string folder)
    {
        _ = NativeSqlite.Library;
        var path = Path.Combine(folder, SqliteTaskIndex.FileName);
        var options = new SqliteStoreOptions { Folder = folder, Readers = ReaderCount };
        FileRights.CreateFile(path);
        var connection = SqliteConnection.Open(path, readOnly: false, (int)options.BusyTimeout.TotalMilliseconds);
        try
        {
            // A power failure may lose the last changes and their position together; they are then read from the log again.
            connection.Execute(
                """
                PRAGMA page_size = 8192;
                PRAGMA cache_size = -16384;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA journal_size_limit = 16777216;
                """);
            Prepare(connection, path);
            foreach (var companion in (string[])["-wal", "-shm"]) FileRights.OwnerOnly(path + companion);
            return new TaskIndexFile(connection, new ReaderPool(path, options, new OpenFiles(folder)));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Delete(string folder)
    {
        foreach (var companion in (string[])["", "-wal", "-shm"]) File.Delete(Path.Combine(folder, SqliteTaskIndex.FileName + companion));
    }

    public void Dispose()
    {
        Readers.Dispose();
        Connection.Dispose();
    }

    // The rows of a task have its number of creation, so that FTS5 itself yields tasks in their order. Facets are hashed words, by which FTS5 itself selects.
    private static void Prepare(SqliteConnection connection, string path)
    {
        var version = connection.ScalarInt64("PRAGMA user_version");
        if (version == Version) return;
        if (version != 0) throw new StoreCorruptException($"{path} has the form {version}; this version of Waggle writes form {Version}.");
        connection.Execute(
            $"""
            BEGIN IMMEDIATE;
            CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID;
            CREATE TABLE fault(no INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, code TEXT NOT NULL) STRICT;
            CREATE TABLE doc(
              seq INTEGER PRIMARY KEY, id TEXT NOT NULL, swarm TEXT NOT NULL, state TEXT NOT NULL, type TEXT, parent TEXT, at INTEGER NOT NULL, ended INTEGER,
              fault INTEGER, message TEXT
            ) STRICT;
            CREATE INDEX doc_fault ON doc(fault) WHERE fault IS NOT NULL;
            CREATE VIRTUAL TABLE words USING fts5(
              facet, body, content = '', contentless_delete = 1, detail = column, tokenize = 'unicode61 remove_diacritics 2');
            PRAGMA user_version = {Version};
            COMMIT;
            """);
    }
}
