using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>
/// The search index in a file of its own beside the database: words in FTS5, vectors as rows. The first search by vector loads all vectors into memory, 4 bytes
/// for each number, and compares each of them. The file holds no value, only its words and vectors. Thread-safe.
/// </summary>
public sealed class SqliteSearchIndex : ISearchIndex
{
    public const string FileName = "search.db";

    private readonly string _folder;
    private readonly SemaphoreSlim _turn = new(1);
    private volatile IndexFile? _file;
    private bool _closed;

    private SqliteSearchIndex(string folder) => _folder = folder;

    /// <summary>Returns the index of a data folder. <see cref="OpenAsync"/> opens or creates its file.</summary>
    public static SqliteSearchIndex In(string folder) => new(folder);

    public ValueTask<IndexState> OpenAsync(IndexEmbedder embedder, CancellationToken cancel) => TakeAsync(
        () =>
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _file ??= IndexFile.Open(_folder);
            return _file.Writer.UseEmbedder(embedder);
        },
        cancel);

    public ValueTask<IndexState> RecreateAsync(IndexEmbedder embedder, CancellationToken cancel) => TakeAsync(
        () =>
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _file?.Dispose();
            _file = null;
            IndexFile.Delete(_folder);
            _file = IndexFile.Open(_folder);
            return _file.Writer.UseEmbedder(embedder);
        },
        cancel);

    public ValueTask<IndexState> WriteAsync(IndexChanges changes, CancellationToken cancel) => WriteAsync(w => w.Write(changes), cancel);

    public ValueTask<IndexState> UseEmbedderAsync(IndexEmbedder embedder, CancellationToken cancel) =>
        WriteAsync(w => w.UseEmbedder(embedder), cancel);

    public ValueTask<IndexState> WriteVectorsAsync(IReadOnlyList<IndexVector> vectors, CancellationToken cancel) =>
        WriteAsync(w => w.WriteVectors(vectors), cancel);

    public async ValueTask<IReadOnlyList<PendingEntry>> ReadPendingAsync(int limit, CancellationToken cancel)
    {
        using var lease = await RentAsync(Opened(), cancel);
        return IndexReader.Pending(lease.Connection, limit);
    }

    public ValueTask<IReadOnlyList<string>> ReadGroupsAsync(CancellationToken cancel) => ValueTask.FromResult(Opened().Groups.Used());

    public async ValueTask<IndexHits> FindAsync(IndexQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        var file = Opened();
        if (query.Vector is not null && !file.Vectors.IsLoaded) await TakeAsync(file.LoadVectors, cancel);
        using var lease = await RentAsync(file, cancel);
        return await IndexSearch.FindAsync(lease.Connection, file, query);
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        try
        {
            _closed = true;
            _file?.Dispose();
            _file = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    // After a failed write, memory may differ from the file, so the next call of OpenAsync reads the file again.
    private ValueTask<IndexState> WriteAsync(Func<IndexWriter, IndexState> write, CancellationToken cancel) => TakeAsync(
        () =>
        {
            var file = Opened();
            try
            {
                return write(file.Writer);
            }
            catch (StoreException)
            {
                _file = null;
                file.Dispose();
                throw;
            }
        },
        cancel);

    private IndexFile Opened() => _file ?? throw new StoreException("The search index is not open yet.");

    private static async ValueTask<ReaderPool.Lease> RentAsync(IndexFile file, CancellationToken cancel)
    {
        try
        {
            return await file.Readers.RentAsync(cancel);
        }
        catch (ObjectDisposedException e)
        {
            throw new StoreException("The search index is being replaced.", e);
        }
    }

    private async ValueTask<T> TakeAsync<T>(Func<T> write, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The search index in {_folder} cannot be used: {e.Message}", e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
