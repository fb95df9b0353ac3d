using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>The open file of an index of tasks.</summary>
internal sealed class TaskIndexFile : IIndexFile
{
    private const int Version = 1;
    private const int CacheKiB = 16_384;

    // The rows of a task have its number of creation, so that FTS5 itself yields tasks in their order. Facets are hashed words, by which FTS5 itself selects.
    private const string Schema =
        """
        CREATE TABLE fault(no INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, code TEXT NOT NULL) STRICT;
        CREATE TABLE doc(
          seq INTEGER PRIMARY KEY, id TEXT NOT NULL, swarm TEXT NOT NULL, state TEXT NOT NULL, type TEXT, parent TEXT, at INTEGER NOT NULL, ended INTEGER,
          fault INTEGER, message TEXT
        ) STRICT;
        CREATE INDEX doc_fault ON doc(fault) WHERE fault IS NOT NULL;
        CREATE VIRTUAL TABLE words USING fts5(
          facet, body, content = '', contentless_delete = 1, detail = column, tokenize = 'unicode61 remove_diacritics 2');
        """;

    private readonly IndexDatabase _database;

    private TaskIndexFile(IndexDatabase database)
    {
        _database = database;
        Writer = new TaskIndexWriter(database.Connection);
    }

    public ReaderPool Readers => _database.Readers;

    public TaskIndexWriter Writer { get; }

    public bool Scrub() => _database.Scrub();

    /// <exception cref="StoreCorruptException">The file is no index of this version.</exception>
    public static TaskIndexFile Open(string folder)
    {
        var database = IndexDatabase.Open(folder, SqliteTaskIndex.FileName, Version, CacheKiB, Schema);
        try
        {
            return new TaskIndexFile(database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public void Dispose() => _database.Dispose();
}
