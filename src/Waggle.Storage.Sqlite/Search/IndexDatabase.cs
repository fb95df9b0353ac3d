using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>The open database of an index, a file of its own beside the store: one connection that writes, and readers.</summary>
internal sealed class IndexDatabase : IDisposable
{
    private const int ReaderCount = 2;

    private static readonly string[] Companions = ["-wal", "-shm"];

    private IndexDatabase(SqliteConnection connection, ReaderPool readers) => (Connection, Readers) = (connection, readers);

    public SqliteConnection Connection { get; }

    public ReaderPool Readers { get; }

    /// <summary>Opens the file, or creates it with a schema.</summary>
    /// <param name="cacheKiB">The most memory that the connection keeps pages in.</param>
    /// <param name="schema">The statements that create the tables besides <c>meta</c>.</param>
    /// <exception cref="StoreCorruptException">The file is no index of this version.</exception>
    public static IndexDatabase Open(string folder, string file, int version, int cacheKiB, string schema)
    {
        _ = NativeSqlite.Library;
        var path = Path.Combine(folder, file);
        var options = new SqliteStoreOptions { Folder = folder, Readers = ReaderCount };
        FileRights.CreateFile(path);
        var connection = SqliteConnection.Open(path, readOnly: false, (int)options.BusyTimeout.TotalMilliseconds);
        try
        {
            // A power failure may lose the last changes and their position together; they are then read from the log again.
            connection.Execute(
                $"""
                PRAGMA page_size = 8192;
                PRAGMA cache_size = -{cacheKiB};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA journal_size_limit = 16777216;
                """);
            Prepare(connection, path, version, schema);
            foreach (var companion in Companions) FileRights.OwnerOnly(path + companion);
            return new IndexDatabase(connection, new ReaderPool(path, options, new OpenFiles(folder)));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Delete(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        File.Delete(path);
        foreach (var companion in Companions) File.Delete(path + companion);
    }

    /// <summary>
    /// Merges the words into one segment, which drops those of removed entries, then copies all live data into new pages and empties the write-ahead log.
    /// </summary>
    public bool Scrub()
    {
        Connection.Execute("INSERT INTO words(words) VALUES('optimize')");
        Connection.Execute("VACUUM");
        Readers.WhileNobodyReads(Connection.CheckpointAll);
        return true;
    }

    public void Dispose()
    {
        Readers.Dispose();
        Connection.Dispose();
    }

    private static void Prepare(SqliteConnection connection, string path, int version, string schema)
    {
        var there = connection.ScalarInt64("PRAGMA user_version");
        if (there == version) return;
        if (there != 0) throw new StoreCorruptException($"{path} has the form {there}; this version of Waggle writes form {version}.");
        connection.Execute(
            $"""
            BEGIN IMMEDIATE;
            CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID;
            {schema}
            PRAGMA user_version = {version};
            COMMIT;
            """);
    }
}
