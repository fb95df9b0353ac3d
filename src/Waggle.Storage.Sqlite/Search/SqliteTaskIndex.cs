using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>
/// The index of tasks in a file of its own beside the database: words and properties in FTS5, in the order of creation, and the errors in a table. The file
/// holds no task, only its words. Thread-safe.
/// </summary>
public sealed class SqliteTaskIndex : ITaskIndex
{
    public const string FileName = "tasks-search.db";

    private readonly string _folder;
    private readonly SemaphoreSlim _turn = new(1);
    private volatile TaskIndexFile? _file;
    private bool _closed;

    private SqliteTaskIndex(string folder) => _folder = folder;

    /// <summary>Returns the index of a data folder. <see cref="OpenAsync"/> opens or creates its file.</summary>
    public static SqliteTaskIndex In(string folder) => new(folder);

    public ValueTask<TaskIndexState> OpenAsync(CancellationToken cancel) => TakeAsync(() => Open().Writer.State, cancel);

    public ValueTask<TaskIndexState> RecreateAsync(CancellationToken cancel) => TakeAsync(
        () =>
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _file?.Dispose();
            _file = null;
            TaskIndexFile.Delete(_folder);
            return Open().Writer.State;
        },
        cancel);

    public ValueTask<TaskIndexState> WriteAsync(IReadOnlyList<TaskIndexEntry> tasks, TaskIndexProgress progress, CancellationToken cancel) =>
        WriteAsync(w => w.Write(tasks, progress), cancel);

    public ValueTask<int> PruneAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancel) => WriteAsync(w => w.Prune(endedBefore, limit), cancel);

    public async ValueTask<IReadOnlyList<TaskIndexHit>> FindAsync(TaskIndexQuery query, CancellationToken cancel)
    {
        using var lease = await RentAsync(cancel);
        return TaskIndexReader.Find(lease.Connection, query);
    }

    public async ValueTask<long> CountAsync(TaskIndexQuery query, CancellationToken cancel)
    {
        using var lease = await RentAsync(cancel);
        return TaskIndexReader.Count(lease.Connection, query);
    }

    public async ValueTask<IReadOnlyList<TaskIndexGroup>> GroupAsync(TaskIndexQuery query, int limit, CancellationToken cancel)
    {
        using var lease = await RentAsync(cancel);
        return TaskIndexReader.Groups(lease.Connection, query, limit);
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

    private TaskIndexFile Open()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return _file ??= TaskIndexFile.Open(_folder);
    }

    // After a failed write, memory may differ from the file, so the next call of OpenAsync reads the file again.
    private ValueTask<T> WriteAsync<T>(Func<TaskIndexWriter, T> write, CancellationToken cancel) => TakeAsync(
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

    private TaskIndexFile Opened() => _file ?? throw new StoreException("The index of tasks is not open yet.");

    private async ValueTask<ReaderPool.Lease> RentAsync(CancellationToken cancel)
    {
        try
        {
            return await Opened().Readers.RentAsync(cancel);
        }
        catch (ObjectDisposedException e)
        {
            throw new StoreException("The index of tasks is being replaced.", e);
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
            throw new StoreException($"The index of tasks in {_folder} cannot be used: {e.Message}", e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
