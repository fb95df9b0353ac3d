using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres;

/// <summary>Reads the log of a hive. Thread-safe.</summary>
internal sealed class LogReader(Database database, HiveRows hives)
{
    private readonly string _read = $"SELECT first, last, at, body FROM \"{database.Schema}\".log WHERE hive = $1 AND last > $2 ORDER BY last LIMIT $3";

    private readonly string _extent =
        $"""
        SELECT h.floor, h.head, e.epoch, e.after, e.at FROM "{database.Schema}".hive h LEFT JOIN "{database.Schema}".epoch e ON e.hive = h.no
        WHERE h.no = $1 ORDER BY e.epoch
        """;

    public async ValueTask<IReadOnlyList<LogRow>> ReadAsync(string hive, long after, int maxRows, CancellationToken cancel)
    {
        if (maxRows <= 0 || await hives.FindAsync(hive, cancel) is not { } known) return [];
        return await database.ReadAsync(
            "Reading the log",
            async connection =>
            {
                await using var command = new NpgsqlCommand(_read, connection);
                command.Parameters.With(known.No).With(after).With((long)maxRows);
                await using var rows = await command.ExecuteReaderAsync(cancel);
                var found = new List<LogRow>();
                while (await rows.ReadAsync(cancel))
                    found.Add(new LogRow(rows.GetInt64(0), rows.GetInt64(1), Micros.ToTime(rows.GetInt64(2)), rows.GetFieldValue<byte[]>(3)));
                return found;
            },
            cancel);
    }

    public async ValueTask<LogExtent> ExtentAsync(string hive, CancellationToken cancel)
    {
        if (await hives.FindAsync(hive, cancel) is not { } known) return new LogExtent([], 0, 0);
        return await database.ReadAsync(
            "Reading the extent of the log",
            async connection =>
            {
                await using var command = new NpgsqlCommand(_extent, connection);
                command.Parameters.With(known.No);
                await using var rows = await command.ExecuteReaderAsync(cancel);
                var (floor, head, epochs) = (0L, 0L, new List<EpochStart>());
                while (await rows.ReadAsync(cancel))
                {
                    (floor, head) = (rows.GetInt64(0), rows.GetInt64(1));
                    if (!rows.IsDBNull(2)) epochs.Add(new EpochStart(rows.GetInt64(2), rows.GetInt64(3), Micros.ToTime(rows.GetInt64(4))));
                }

                return new LogExtent(epochs, floor, head);
            },
            cancel);
    }
}
