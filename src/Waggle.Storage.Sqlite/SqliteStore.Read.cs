using System.Runtime.CompilerServices;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

public sealed partial class SqliteStore
{
    private const int LoadSlice = 500;

    public async IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, [EnumeratorCancellation] CancellationToken cancel)
    {
        var hive = RequireHive(tenure);

        // In slices, so that a consumer that takes its time holds no snapshot (and with it the write-ahead log) back. Only the owner writes, and the owner is loading.
        foreach (var table in _tables.Values)
        {
            var slice = new List<StoredEntity>(LoadSlice);
            var after = RowKey.First(hive) - 1;
            do
            {
                try
                {
                    slice.Clear();
                    await LoadSliceAsync(hive, tenure, table, after, slice, cancel);
                }
                catch (StoreCorruptException)
                {
                    await ReplaceAsync(table, cancel);
                    slice.Clear();
                    await LoadSliceAsync(hive, tenure, table, after, slice, cancel);
                }

                foreach (var entity in slice)
                    yield return entity;
                after = slice.Count > 0 ? RowKey.Of(hive, slice[^1].Seq) : after;
            }
            while (slice.Count == LoadSlice);
        }
    }

    public async ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel)
    {
        if (!_hives.TryGetValue(hive, out var no) || keys.Count == 0)
            return [];

        using var lease = await RentAsync(cancel);
        var connection = lease.Connection;
        if (keys.Count > 1)
            connection.BeginRead();

        List<StoredEntity>? found = null;
        foreach (var key in keys)
        {
            var table = Table(key.Kind);
            var get = connection.Cached(table.Get);
            get.BindText(1, key.Id);
            get.Bind(2, no);
            if (!get.Step())
                continue;
            (found ??= []).Add(EntityRows.Read(get, table));
            get.Reset();
        }

        return found ?? (IReadOnlyList<StoredEntity>)[];
    }

    public async ValueTask<IReadOnlyList<LogRow>> ReadLogAsync(string hive, long after, int maxRows, CancellationToken cancel)
    {
        if (!_hives.TryGetValue(hive, out var no) || maxRows <= 0)
            return [];

        using var lease = await RentAsync(cancel);
        var read = lease.Connection.Cached("SELECT key, first, at, body FROM log WHERE key > ?1 AND key <= ?2 ORDER BY key LIMIT ?3");
        read.Bind(1, RowKey.Clamp(no, after));
        read.Bind(2, RowKey.Last(no));
        read.Bind(3, maxRows);
        var rows = new List<LogRow>();
        while (read.Step())
            rows.Add(new LogRow(read.Int64(1), RowKey.Offset(read.Int64(0)), Micros.ToTime(read.Int64(2)), read.Bytes(3).ToArray()));
        return rows;
    }

    public async ValueTask<LogExtent> GetLogExtentAsync(string hive, CancellationToken cancel)
    {
        if (!_hives.TryGetValue(hive, out var no))
            return new LogExtent([], 0, 0);

        using var lease = await RentAsync(cancel);
        var connection = lease.Connection;
        connection.BeginRead();
        var read = connection.Cached("SELECT floor, head FROM hive WHERE no = ?1");
        read.Bind(1, no);
        var (floor, head) = read.Step() ? (read.Int64(0), read.Int64(1)) : (0, 0);
        read.Reset();

        var epochs = new List<EpochStart>();
        var starts = connection.Cached("SELECT epoch, after, at FROM epoch WHERE hive = ?1 ORDER BY epoch");
        starts.Bind(1, no);
        while (starts.Step())
            epochs.Add(new EpochStart(starts.Int64(0), starts.Int64(1), Micros.ToTime(starts.Int64(2))));
        return new LogExtent(epochs, floor, head);
    }

    private async ValueTask LoadSliceAsync(long hive, Tenure tenure, KindTable table, long after, List<StoredEntity> slice, CancellationToken cancel)
    {
        using var lease = await RentAsync(cancel);
        var connection = lease.Connection;
        connection.BeginRead();
        var term = connection.Cached("SELECT 1 FROM hive WHERE no = ?1 AND term = ?2");
        term.Bind(1, hive);
        term.Bind(2, tenure.Term);
        if (!term.Step())
            throw Fenced(tenure);
        term.Reset();

        var load = connection.Cached(table.LoadOpen);
        load.Bind(1, after);
        load.Bind(2, RowKey.Last(hive));
        load.Bind(3, LoadSlice);
        while (load.Step())
            slice.Add(EntityRows.Read(load, table));
    }

    // Only the owner writes, and the owner is loading: nothing changes between the two transactions.
    private async ValueTask ReplaceAsync(KindTable table, CancellationToken cancel)
    {
        using var lease = await RentAsync(cancel);
        var reader = lease.Connection;
        reader.BeginRead();
        await TakeTurnAsync(() => TransactWithReserve(() => DamagedTable.Replace(_writer, reader, table)), cancel);
    }

    private ValueTask<ReaderPool.Lease> RentAsync(CancellationToken cancel) => Closed is { } closed ? throw closed : _readers.RentAsync(cancel);
}
