using System.Collections.Concurrent;

namespace Waggle.Storage.Sqlite;

/// <summary>A few read-only connections, opened when first needed. Who finds none free waits.</summary>
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

    /// <summary>Runs something while nobody reads. A read is bounded, so this is soon; readers that come meanwhile wait.</summary>
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
        // After those who read now; those who wait for a place get it and see that it is over.
        WhileNobodyReads(() =>
        {
            _closed = true;
            foreach (var connection in _idle)
                connection.Dispose();
        });
    }

    private SqliteConnection Open()
    {
        // Beside a replaced file SQLite would read what the writer never wrote. Connections that are open go on reading.
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
