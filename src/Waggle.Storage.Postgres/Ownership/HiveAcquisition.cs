using System.Globalization;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres.Ownership;

/// <summary>Becomes the owner of hives: claims one, and begins a term and an epoch in one transaction.</summary>
internal sealed class HiveAcquisition(Database database, HiveRows hives, HiveClaims claims, TimeProvider time)
{
    private readonly string _schema = $"\"{database.Schema}\"";

    public async ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel)
    {
        await claims.ClaimAsync(hive, async stop => await OwnerAsync(hive, stop), cancel);
        var tenure = await database.WriteAsync(
            $"Acquiring the hive '{hive}'", connection => BeginAsync(connection, hive, Micros.From(now), cancel), cancel);
        claims.Began(tenure);
        return tenure;
    }

    private async Task<Tenure> BeginAsync(NpgsqlConnection connection, string hive, long now, CancellationToken cancel)
    {
        await using var commands = new NpgsqlBatch(connection);
        Add(
            commands,
            $"""
            INSERT INTO {_schema}.hive(name, term, epoch, head, last_write_at, floor, stamp, barrier) SELECT $1, 0, 0, 0, $2, 0, 0, 0
            WHERE NOT EXISTS (SELECT 1 FROM {_schema}.hive WHERE name = $1) ON CONFLICT (name) DO NOTHING
            """).With(hive).With(now);
        Add(
            commands,
            $"""
            WITH owned AS (UPDATE {_schema}.hive SET term = term + 1, epoch = epoch + 1, last_write_at = greatest(last_write_at, $2), owner = $3
                WHERE name = $1 RETURNING *),
            begun AS (INSERT INTO {_schema}.epoch(hive, epoch, after, at) SELECT no, epoch, head, last_write_at FROM owned)
            SELECT no, barrier, term, epoch, head, last_write_at FROM owned
            """).With(hive).With(now).With(Owner());
        await using var row = await commands.ExecuteReaderAsync(cancel);
        while (row.FieldCount == 0) await row.NextResultAsync(cancel);
        await row.ReadAsync(cancel);
        hives.Set(hive, new HiveRow(row.GetInt32(0), row.GetInt64(1)));
        return new Tenure(hive, row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), Micros.ToTime(row.GetInt64(5)));
    }

    private ValueTask<string?> OwnerAsync(string hive, CancellationToken cancel) => database.ReadAsync(
        $"Reading the owner of the hive '{hive}'",
        async connection =>
        {
            await using var command = new NpgsqlCommand($"SELECT owner FROM {_schema}.hive WHERE name = $1", connection);
            command.Parameters.With(hive);
            return await command.ExecuteScalarAsync(cancel) as string;
        },
        cancel);

    private string Owner() => string.Create(
        CultureInfo.InvariantCulture,
        $"process {Environment.ProcessId} on {Environment.MachineName} (since {time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'})");

    private static NpgsqlParameterCollection Add(NpgsqlBatch commands, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        commands.BatchCommands.Add(command);
        return command.Parameters;
    }
}
