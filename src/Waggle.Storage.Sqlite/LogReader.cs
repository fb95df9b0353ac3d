using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>Reads the log of a hive over a connection of the pool. Thread-safe.</summary>
internal sealed class LogReader(ReaderPool readers, HiveNumbers hives)
{
    public async ValueTask<IReadOnlyList<LogRow>> ReadAsync(string hive, long after, int maxRows, CancellationToken cancel)
    {
        if (!hives.TryGet(hive, out var no) || maxRows <= 0)
            return [];

        using var lease = await readers.RentAsync(cancel);
        var read = lease.Connection.Cached("SELECT key, first, at, body FROM log WHERE key > ?1 AND key <= ?2 ORDER BY key LIMIT ?3");
        read.Bind(1, RowKey.Clamp(no, after));
        read.Bind(2, RowKey.Last(no));
        read.Bind(3, maxRows);
        var rows = new List<LogRow>();
        while (read.Step())
            rows.Add(new LogRow(read.Int64(1), RowKey.Offset(read.Int64(0)), Micros.ToTime(read.Int64(2)), read.Bytes(3).ToArray()));
        return rows;
    }

    public async ValueTask<LogExtent> ExtentAsync(string hive, CancellationToken cancel)
    {
        if (!hives.TryGet(hive, out var no))
            return new LogExtent([], 0, 0);

        using var lease = await readers.RentAsync(cancel);
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
}
