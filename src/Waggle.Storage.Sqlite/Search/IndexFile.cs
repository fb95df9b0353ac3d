using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>The open parts of an index: its file, the groups, and the vectors in memory once a search has loaded them.</summary>
internal sealed class IndexFile : IDisposable
{
    private const int Version = 1;
    private const int ReaderCount = 2;

    private IndexFile(SqliteConnection connection, ReaderPool readers)
    {
        Connection = connection;
        Readers = readers;
        Groups = IndexGroups.Read(connection);
        Writer = new IndexWriter(connection, Groups, Vectors);
    }

    public SqliteConnection Connection { get; }

    public ReaderPool Readers { get; }

    public IndexGroups Groups { get; }

    public VectorTable Vectors { get; } = new();

    public IndexWriter Writer { get; }

    /// <exception cref="StoreCorruptException">The file is no index of this version.</exception>
    public static IndexFile Open(string folder)
    {
        _ = NativeSqlite.Library;
        var path = Path.Combine(folder, SqliteSearchIndex.FileName);
        var options = new SqliteStoreOptions { Folder = folder, Readers = ReaderCount };
        FileRights.CreateFile(path);
        var connection = SqliteConnection.Open(path, readOnly: false, (int)options.BusyTimeout.TotalMilliseconds);
        try
        {
            // A power failure may lose the last changes and their position together; they are then read from the log again.
            connection.Execute(
                """
                PRAGMA page_size = 8192;
                PRAGMA cache_size = -8192;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA journal_size_limit = 16777216;
                """);
            Prepare(connection, path);
            foreach (var companion in (string[])["-wal", "-shm"]) FileRights.OwnerOnly(path + companion);
            return new IndexFile(connection, new ReaderPool(path, options, new OpenFiles(folder)));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Delete(string folder)
    {
        foreach (var companion in (string[])["", "-wal", "-shm"]) File.Delete(Path.Combine(folder, SqliteSearchIndex.FileName + companion));
    }

    /// <summary>Loads the vectors. No write runs meanwhile, and later ones change what is loaded.</summary>
    public bool LoadVectors()
    {
        if (Vectors.IsLoaded) return false;
        Vectors.Load(IndexReader.Vectors(Connection));
        return true;
    }

    public void Dispose()
    {
        Readers.Dispose();
        Vectors.Dispose();
        Connection.Dispose();
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        var version = connection.ScalarInt64("PRAGMA user_version");
        if (version == Version) return;
        if (version != 0) throw new StoreCorruptException($"{path} has the form {version}; this version of Waggle writes form {Version}.");
        connection.Execute(
            $"""
            BEGIN IMMEDIATE;
            CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID;
            CREATE TABLE grp(no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
            CREATE TABLE doc(
              no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, grp INTEGER NOT NULL, version INTEGER NOT NULL, expires INTEGER, pending INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX doc_pending ON doc(no) WHERE pending = 1;
            CREATE TABLE vector(no INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
            CREATE VIRTUAL TABLE words USING fts5(
              grp, key, body, notes, content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2');
            INSERT INTO words(words, rank) VALUES('rank', 'bm25(0.0, 2.0, 1.0, 1.0)');
            PRAGMA user_version = {Version};
            COMMIT;
            """);
    }
}
