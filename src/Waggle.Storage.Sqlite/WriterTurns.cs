using System.Diagnostics;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>The one writer: its turns, its transactions, the reserve and the write-ahead log.</summary>
/// <remarks>Turns run one after the other; every other member is called within a turn.</remarks>
#pragma warning disable CA1001 // A write may wait for its turn while the store closes; a semaphore without a wait handle has nothing to free.
internal sealed class WriterTurns(
    SqliteConnection writer, ReaderPool readers, Reserve reserve, Growth growth, OpenFiles files, SqliteStoreOptions options)
#pragma warning restore CA1001
{
    private const int PagesLoggedWhenFull = 32;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _pagesLogged;
    private bool _closed;

    /// <summary>The metrics that measure transactions; null measures none.</summary>
    public StoreMetrics? Metrics { get; set; }

    /// <summary>Waits for the last turn; later turns fail.</summary>
    public async ValueTask CloseAsync()
    {
        await _turn.WaitAsync();
        _closed = true;
        _turn.Release();
    }

    public async ValueTask<bool> HasRoomAsync(CancellationToken cancel)
    {
        if (reserve.Held || !reserve.IsDue)
            return reserve.Held;

        return await TakeAsync(() => reserve.Held || (reserve.IsDue && TakeReserve()), cancel);
    }

    private bool TakeReserve()
    {
        // Whether the reserve is taken or released, the change may truncate the room that was allocated for the database.
        growth.Forget();
        return files.Missing() is null && reserve.TryTake();
    }

    public async ValueTask<T> TakeAsync<T>(Func<T> work, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteStore));
            return work();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Runs all of the work or none. If there is no room, it releases the reserve before it reports the failure.</summary>
    public T Transact<T>(Func<T> work)
    {
        try
        {
            return TransactOnce(work);
        }
        catch (StoreFullException)
        {
            // Possibly only the write-ahead log lacked room. It starts again in the room that it has.
            if (reserve.Held && EmptyLog())
                return TransactOrRelease(work);
            Release();
            throw;
        }
    }

    private T TransactOrRelease<T>(Func<T> work)
    {
        try
        {
            return TransactOnce(work);
        }
        catch (StoreFullException)
        {
            Release();
            throw;
        }
    }

    private T TransactOnce<T>(Func<T> work)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            files.Require();
            writer.Begin();
            var result = work();
            growth.Prepare(ahead: reserve.Held);
            var worked = Stopwatch.GetTimestamp();
            writer.Commit();
            Metrics?.Transacted(Stopwatch.GetElapsedTime(started), Stopwatch.GetElapsedTime(worked));
            CheckpointWhenDue();
            return result;
        }
        catch
        {
            writer.Rollback();
            throw;
        }
    }

    /// <summary>Rewrites the database without free room and starts the write-ahead log again from nothing.</summary>
    /// <exception cref="StoreException">There is no room for the copy, or another process reads the database now.</exception>
    public void Vacuum()
    {
        files.Require();
        growth.Forget();
        writer.Execute("VACUUM");
        _pagesLogged = 0;
        readers.WhileNobodyReads(writer.CheckpointAll);
        growth.Forget();
        reserve.Grow();
    }

    private bool EmptyLog()
    {
        writer.Rollback();
        growth.Forget();
        return writer.Checkpoint() > 0;
    }

    private void Release()
    {
        reserve.Release();
        growth.Forget();
    }

    /// <summary>Runs work that must not fail for lack of room while there is a reserve: the acquisition of a hive.</summary>
    public T TransactWithReserve<T>(Func<T> work)
    {
        try
        {
            return Transact(work);
        }
        catch (StoreFullException)
        {
            return Transact(work);
        }
    }

    /// <summary>
    /// Copies the log into the database once enough pages were written. Readers may hold a part of it back, and while a reader is always active the log never
    /// starts again from its beginning. When it has grown too far because of that, readers wait for a moment.
    /// </summary>
    private void CheckpointWhenDue()
    {
        // While the disk is full the log stays short and reuses the room that it has.
        _pagesLogged += writer.TakePagesWritten();
        if (_pagesLogged < (reserve.Held ? options.CheckpointPages : Math.Min(options.CheckpointPages, PagesLoggedWhenFull)))
            return;

        _pagesLogged = 0;
        growth.Forget();
        if (writer.Checkpoint() > 4 * options.CheckpointPages)
            readers.WhileNobodyReads(() => writer.Checkpoint());
        reserve.Grow();
    }
}
