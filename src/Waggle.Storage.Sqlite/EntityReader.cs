using System.Runtime.CompilerServices;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Storage.Sqlite;

/// <summary>Reads entities over a connection of the pool: the open ones of a hive, by key, and by their index columns. Thread-safe.</summary>
internal sealed class EntityReader(ReaderPool readers, SqliteConnection writer, WriterTurns turns, HiveNumbers hives, KindTables tables)
{
    private const int LoadSlice = 500;

    public async IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, [EnumeratorCancellation] CancellationToken cancel)
    {
        var hive = hives.Require(tenure);

        // The reader loads in slices, so that a slow consumer keeps no snapshot open, which would hold the write-ahead log back. Only the owner writes, and the
        // owner is loading.
        foreach (var table in tables.All)
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
        if (!hives.TryGet(hive, out var no) || keys.Count == 0)
            return [];

        using var lease = await readers.RentAsync(cancel);
        var connection = lease.Connection;
        if (keys.Count > 1)
            connection.BeginRead();

        List<StoredEntity>? found = null;
        foreach (var key in keys)
        {
            var table = tables[key.Kind];
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

    public async ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        var table = tables[query.Kind];
        foreach (var column in query.Equal.Keys)
            table.ColumnAt(column);
        if (!hives.TryGet(hive, out var no))
            return new EntityPage([], default);

        using var lease = await readers.RentAsync(cancel);
        var connection = lease.Connection;
        connection.BeginRead();
        var at = ReadPosition(connection, no);
        return new EntityPage(ReadRows(connection, table, new EntitySearch(connection, table, no, query).Keys()), at);
    }

    public async ValueTask<EntityPage> RangeAsync(string hive, EntityRange range, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Limit, 1, nameof(range));
        var table = tables[range.Kind];
        if (range.Column is { } column)
            table.ColumnAt(column);
        if (!hives.TryGet(hive, out var no))
            return new EntityPage([], default);

        using var lease = await readers.RentAsync(cancel);
        var connection = lease.Connection;
        connection.BeginRead();
        var at = ReadPosition(connection, no);
        return new EntityPage(ReadRows(connection, table, EntityRanges.Keys(connection, table, no, range)), at);
    }

    public async ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel)
    {
        var table = tables[query.Kind];
        foreach (var column in query.Equal.Keys)
            table.ColumnAt(column);
        if (!hives.TryGet(hive, out var no))
            return 0;

        using var lease = await readers.RentAsync(cancel);
        lease.Connection.BeginRead();
        return new EntityCount(lease.Connection, table, no, query).Read();
    }

    private async ValueTask LoadSliceAsync(long hive, Tenure tenure, KindTable table, long after, List<StoredEntity> slice, CancellationToken cancel)
    {
        using var lease = await readers.RentAsync(cancel);
        var connection = lease.Connection;
        connection.BeginRead();
        var term = connection.Cached("SELECT 1 FROM hive WHERE no = ?1 AND term = ?2");
        term.Bind(1, hive);
        term.Bind(2, tenure.Term);
        if (!term.Step())
            throw HiveNumbers.Fenced(tenure);
        term.Reset();

        var load = connection.Cached(table.LoadOpen);
        load.Bind(1, after);
        load.Bind(2, RowKey.Last(hive));
        load.Bind(3, LoadSlice);
        while (load.Step())
            slice.Add(EntityRows.Read(load, table));
    }

    // Only the owner writes, and the owner is loading, so nothing changes between the two transactions.
    private async ValueTask ReplaceAsync(KindTable table, CancellationToken cancel)
    {
        using var lease = await readers.RentAsync(cancel);
        var reader = lease.Connection;
        reader.BeginRead();
        await turns.TakeAsync(() => turns.TransactWithReserve(() => DamagedTable.Replace(writer, reader, table)), cancel);
    }

    private static List<StoredEntity> ReadRows(SqliteConnection connection, KindTable table, List<long> keys)
    {
        var rows = new List<StoredEntity>(keys.Count);
        var get = connection.Cached($"{table.Select} WHERE key = ?1");
        foreach (var key in keys)
        {
            get.Bind(1, key);
            get.Step();
            rows.Add(EntityRows.Read(get, table));
            get.Reset();
        }

        return rows;
    }

    private static Position ReadPosition(SqliteConnection connection, long hive)
    {
        var read = connection.Cached("SELECT epoch, head FROM hive WHERE no = ?1");
        read.Bind(1, hive);
        var at = read.Step() ? new Position(read.Int64(0), read.Int64(1)) : default;
        read.Reset();
        return at;
    }
}
