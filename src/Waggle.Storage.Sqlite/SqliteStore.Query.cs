using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public async ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        var table = Table(query.Kind);
        foreach (var column in query.Equal.Keys)
            table.ColumnAt(column);
        if (!_hives.TryGetValue(hive, out var no))
            return new EntityPage([], default);

        using var lease = await RentAsync(cancel);
        var connection = lease.Connection;
        connection.BeginRead();
        var at = ReadPosition(connection, no);
        var keys = new EntitySearch(connection, table, no, query).Keys();

        var page = new List<StoredEntity>(keys.Count);
        var get = connection.Cached($"{table.Select} WHERE key = ?1");
        foreach (var key in keys)
        {
            get.Bind(1, key);
            get.Step();
            page.Add(EntityRows.Read(get, table));
            get.Reset();
        }

        return new EntityPage(page, at);
    }

    public async ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel)
    {
        var table = Table(query.Kind);
        foreach (var column in query.Equal.Keys)
            table.ColumnAt(column);
        if (!_hives.TryGetValue(hive, out var no))
            return 0;

        using var lease = await RentAsync(cancel);
        lease.Connection.BeginRead();
        return new EntityCount(lease.Connection, table, no, query).Read();
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
