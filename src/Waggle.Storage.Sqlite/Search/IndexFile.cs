using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>The open parts of an index: its file, the groups, and the vectors in memory once a search has loaded them.</summary>
internal sealed class IndexFile : IIndexFile
{
    private const int Version = 1;
    private const int CacheKiB = 8192;

    private const string Schema =
        """
        CREATE TABLE grp(no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE doc(
          no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, grp INTEGER NOT NULL, version INTEGER NOT NULL, expires INTEGER, pending INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX doc_pending ON doc(no) WHERE pending = 1;
        CREATE TABLE vector(no INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
        CREATE VIRTUAL TABLE words USING fts5(
          grp, key, body, notes, content = '', contentless_delete = 1, tokenize = 'porter unicode61 remove_diacritics 2');
        INSERT INTO words(words, rank) VALUES('rank', 'bm25(0.0, 2.0, 1.0, 1.0)');
        """;

    private readonly IndexDatabase _database;

    private IndexFile(IndexDatabase database)
    {
        _database = database;
        Groups = IndexGroups.Read(database.Connection);
        Writer = new IndexWriter(database.Connection, Groups, Vectors);
    }

    public ReaderPool Readers => _database.Readers;

    public IndexGroups Groups { get; }

    public VectorTable Vectors { get; } = new();

    public IndexWriter Writer { get; }

    public bool Scrub() => _database.Scrub();

    /// <exception cref="StoreCorruptException">The file is no index of this version.</exception>
    public static IndexFile Open(string folder)
    {
        var database = IndexDatabase.Open(folder, SqliteSearchIndex.FileName, Version, CacheKiB, Schema);
        try
        {
            return new IndexFile(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Loads the vectors. No write runs meanwhile, and later ones change what is loaded.</summary>
    public bool LoadVectors()
    {
        if (Vectors.IsLoaded) return false;
        Vectors.Load(IndexReader.Vectors(_database.Connection));
        return true;
    }

    public void Dispose()
    {
        // Readers use the vectors, and this waits for them.
        _database.Dispose();
        Vectors.Dispose();
    }
}
