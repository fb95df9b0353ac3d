using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>The open file of an index.</summary>
internal interface IIndexFile : IDisposable
{
    ReaderPool Readers { get; }
}

/// <summary>The file of an index, which one caller at a time opens, writes and replaces. Any number of callers read it meanwhile. Thread-safe.</summary>
/// <param name="name">The index in messages, such as <c>search index</c>.</param>
internal sealed class IndexTurns<TFile>(string folder, string name, Func<TFile> open, Action delete) : IAsyncDisposable
    where TFile : class, IIndexFile
{
    private readonly SemaphoreSlim _turn = new(1);
    private volatile TFile? _file;
    private bool _closed;

    /// <exception cref="StoreException">The file is not open.</exception>
    public TFile File => _file ?? throw new StoreException($"The {name} is not open yet.");

    /// <summary>Opens the file, unless it is open.</summary>
    public ValueTask<T> OpenAsync<T>(Func<TFile, T> use, CancellationToken cancel) => TakeAsync(() => use(Open()), cancel);

    /// <summary>Deletes the file and creates another one.</summary>
    public ValueTask<T> RecreateAsync<T>(Func<TFile, T> use, CancellationToken cancel) => TakeAsync(
        () =>
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _file?.Dispose();
            _file = null;
            delete();
            return use(Open());
        },
        cancel);

    /// <summary>Writes. After a failed write, memory may differ from the file, so the next call of <see cref="OpenAsync"/> reads the file again.</summary>
    public ValueTask<T> WriteAsync<T>(Func<TFile, T> write, CancellationToken cancel) => TakeAsync(
        () =>
        {
            var file = File;
            try
            {
                return write(file);
            }
            catch (StoreException)
            {
                _file = null;
                file.Dispose();
                throw;
            }
        },
        cancel);

    /// <summary>Runs an action while nobody else writes.</summary>
    public async ValueTask<T> TakeAsync<T>(Func<T> act, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The {name} in {folder} cannot be used: {e.Message}", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Rents a connection that reads the file.</summary>
    public async ValueTask<ReaderPool.Lease> RentAsync(TFile file, CancellationToken cancel)
    {
        try
        {
            return await file.Readers.RentAsync(cancel);
        }
        catch (ObjectDisposedException e)
        {
            throw new StoreException($"The {name} is being replaced.", e);
        }
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

    private TFile Open()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return _file ??= open();
    }
}
