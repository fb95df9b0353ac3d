using System.Diagnostics;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>The writer's turn, its transaction, and what follows it: room and the write-ahead log.</summary>
public sealed partial class SqliteStore
{
    private const int PagesLoggedWhenFull = 32;

    private int _pagesLogged;

    public async ValueTask<bool> HasRoomAsync(CancellationToken cancel)
    {
        if (_reserve.Held || !_reserve.IsDue)
            return _reserve.Held;

        return await TakeTurnAsync(() => _reserve.Held || (_reserve.IsDue && TakeReserve()), cancel);
    }

    private bool TakeReserve()
    {
        // Whether it is taken or given up again: what is allocated for the database may be cut off by it.
        _growth.Forget();
        return Fault is null && _reserve.TryTake();
    }

    private async ValueTask<T> TakeTurnAsync<T>(Func<T> work, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            return Closed is { } closed ? throw closed : work();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>All of the work or none. If there is no room, the reserve is given up before the failure is reported.</summary>
    private T Transact<T>(Func<T> work)
    {
        try
        {
            return TransactOnce(work);
        }
        catch (StoreFullException)
        {
            // Only the write-ahead log may have been short of room: it begins anew in what it has.
            if (_reserve.Held && EmptyLog())
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
            _files.Require();
            _writer.Begin();
            var result = work();
            _growth.Prepare(ahead: _reserve.Held);
            var worked = Stopwatch.GetTimestamp();
            _writer.Commit();
            _metrics?.Transacted(Stopwatch.GetElapsedTime(started), Stopwatch.GetElapsedTime(worked));
            CheckpointWhenDue();
            return result;
        }
        catch
        {
            _writer.Rollback();
            throw;
        }
    }

    private bool EmptyLog()
    {
        _writer.Rollback();
        _growth.Forget();
        return _writer.Checkpoint() > 0;
    }

    private void Release()
    {
        _reserve.Release();
        _growth.Forget();
    }

    /// <summary>For what must not fail for want of room while there is a reserve: taking a hive over.</summary>
    private T TransactWithReserve<T>(Func<T> work)
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

    private void RequireTerm(long hive, Tenure tenure)
    {
        if (!_statements.HasTerm(hive, tenure.Term))
            throw Fenced(tenure);
    }

    private long RequireHive(Tenure tenure) => _hives.TryGetValue(tenure.Hive, out var hive) ? hive : throw Fenced(tenure);

    private static StoreFencedException Fenced(Tenure tenure) =>
        new($"The hive '{tenure.Hive}' is no longer at term {tenure.Term}, offset {tenure.Head}: another owner took it over.");

    /// <summary>
    /// Copies the log into the database when enough was written. Readers may hold a part of it back, and while there is always one reading it never starts from its beginning again:
    /// when that has let it grow too far, readers wait for a moment.
    /// </summary>
    private void CheckpointWhenDue()
    {
        // While the disk is full the log stays short: it goes round in the room that it has.
        _pagesLogged += _writer.TakePagesWritten();
        if (_pagesLogged < (_reserve.Held ? _options.CheckpointPages : Math.Min(_options.CheckpointPages, PagesLoggedWhenFull)))
            return;

        _pagesLogged = 0;
        _growth.Forget();
        if (_writer.Checkpoint() > 4 * _options.CheckpointPages)
            _readers.WhileNobodyReads(() => _writer.Checkpoint());
        _reserve.Grow();
    }
}
