using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>
/// The search index in a file of its own beside the database: words in FTS5, vectors as rows. The first search by vector loads all vectors into memory, 4 bytes
/// for each number, and compares each of them. The file holds no value, only its words and vectors. Thread-safe.
/// </summary>
public sealed class SqliteSearchIndex : ISearchIndex
{
    public const string FileName = "search.db";

    private readonly IndexTurns<IndexFile> _turns;

    private SqliteSearchIndex(string folder) =>
        _turns = new(folder, "search index", () => IndexFile.Open(folder), () => IndexDatabase.Delete(folder, FileName));

    /// <summary>Returns the index of a data folder. <see cref="OpenAsync"/> opens or creates its file.</summary>
    public static SqliteSearchIndex In(string folder) => new(folder);

    public ValueTask<IndexState> OpenAsync(IndexEmbedder embedder, CancellationToken cancel) =>
        _turns.OpenAsync(f => f.Writer.UseEmbedder(embedder), cancel);

    public ValueTask<IndexState> RecreateAsync(IndexEmbedder embedder, CancellationToken cancel) =>
        _turns.RecreateAsync(f => f.Writer.UseEmbedder(embedder), cancel);

    public ValueTask<IndexState> WriteAsync(IndexChanges changes, CancellationToken cancel) => _turns.WriteAsync(f => f.Writer.Write(changes), cancel);

    public ValueTask<IndexState> UseEmbedderAsync(IndexEmbedder embedder, CancellationToken cancel) =>
        _turns.WriteAsync(f => f.Writer.UseEmbedder(embedder), cancel);

    public ValueTask<IndexState> WriteVectorsAsync(IReadOnlyList<IndexVector> vectors, CancellationToken cancel) =>
        _turns.WriteAsync(f => f.Writer.WriteVectors(vectors), cancel);

    public async ValueTask<IReadOnlyList<PendingEntry>> ReadPendingAsync(int limit, CancellationToken cancel)
    {
        using var lease = await _turns.RentAsync(_turns.File, cancel);
        return IndexReader.Pending(lease.Connection, limit);
    }

    public ValueTask<IReadOnlyList<string>> ReadGroupsAsync(CancellationToken cancel) => ValueTask.FromResult(_turns.File.Groups.Used());

    public async ValueTask<IndexHits> FindAsync(IndexQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        var file = _turns.File;
        if (query.Vector is not null && !file.Vectors.IsLoaded) await _turns.TakeAsync(file.LoadVectors, cancel);
        using var lease = await _turns.RentAsync(file, cancel);
        return await IndexSearch.FindAsync(lease.Connection, file, query);
    }

    public async ValueTask ScrubAsync(CancellationToken cancel) => await _turns.TakeAsync(() => _turns.File.Scrub(), cancel);

    public ValueTask DisposeAsync() => _turns.DisposeAsync();
}
