using System.Collections.Concurrent;

namespace Waggle.Storage.Sqlite;

/// <summary>A pool of a few read-only connections, opened when first needed. A caller that finds none free waits.</summary>
internal sealed class ReaderPool(string file, SqliteStoreOptions options, OpenFiles files) : IDisposable
{
    private readonly SemaphoreSlim _free = new(options.Readers, options.Readers);
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private volatile bool _closed;

    public async ValueTask<Lease> RentAsync(CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteStore));
            return new Lease(this, _idle.TryTake(out var connection) ? connection : Open());
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    /// <summary>Runs an action while no reader is active. Every read is short, so the wait is short; readers that come meanwhile wait.</summary>
    public void WhileNobodyReads(Action action)
    {
        var taken = 0;
        try
        {
            for (; taken < options.Readers; taken++)
                _free.Wait();
            action();
        }
        finally
        {
            if (taken > 0)
                _free.Release(taken);
        }
    }

    public void Dispose()
    {
        // The close runs after the active readers. A reader that waits for a place gets it and finds the pool closed.
        WhileNobodyReads(() =>
        {
            _closed = true;
            foreach (var connection in _idle)
                connection.Dispose();
        });
    }

    private SqliteConnection Open()
    {
        // Beside a replaced file SQLite would read data that the writer never wrote. Open connections continue to read.
        files.Require();
        var connection = SqliteConnection.Open(file, readOnly: true, (int)options.BusyTimeout.TotalMilliseconds);
        try
        {
            connection.Execute($"PRAGMA cache_size = -{options.ReaderCacheKiB}; PRAGMA query_only = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Return(SqliteConnection connection)
    {
        connection.Rollback();
        _idle.Add(connection);
        _free.Release();
    }

    /// <summary>The right to use one connection; disposing it ends its snapshot.</summary>
    internal readonly struct Lease(ReaderPool pool, SqliteConnection connection) : IDisposable
    {
        public SqliteConnection Connection => connection;

        public void Dispose() => pool.Return(connection);
    }
}
