using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres.Schema;

/// <summary>
/// The steps from an empty schema to the present one. A released step never changes; a new schema is a new step at the end. Where nothing is to be changed, the
/// role needs no right to create.
/// </summary>
internal static class SchemaSteps
{
    // Two hubs that start together wait for each other here.
    private const long Turn = 0x57414747_4c450001;

    /// <summary>The text {0} stands for the schema.</summary>
    private static readonly IReadOnlyList<string> All =
    [
        """
        CREATE TABLE {0}.hive(
            no int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, name text COLLATE "C" NOT NULL UNIQUE, term bigint NOT NULL, epoch bigint NOT NULL,
            head bigint NOT NULL, last_write_at bigint NOT NULL, floor bigint NOT NULL,
            stamp bigint NOT NULL, barrier bigint NOT NULL, owner text) WITH (fillfactor = 20);
        CREATE TABLE {0}.epoch(
            hive int NOT NULL, epoch bigint NOT NULL, after bigint NOT NULL, at bigint NOT NULL, PRIMARY KEY(hive, epoch));
        CREATE TABLE {0}.log(
            hive int NOT NULL, last bigint NOT NULL, first bigint NOT NULL, at bigint NOT NULL, body bytea NOT NULL, PRIMARY KEY(hive, last));
        CREATE TABLE {0}.blob(
            id text COLLATE "C" PRIMARY KEY, bytes bigint NOT NULL, used_at bigint NOT NULL);
        CREATE TABLE {0}.blob_chunk(
            blob text COLLATE "C" NOT NULL REFERENCES {0}.blob(id) ON DELETE CASCADE, no int NOT NULL, body bytea NOT NULL,
            PRIMARY KEY(blob, no));
        CREATE TABLE {0}.shared(
            name text COLLATE "C" PRIMARY KEY, body bytea NOT NULL);
        ALTER TABLE {0}.blob_chunk ALTER COLUMN body SET STORAGE EXTERNAL;
        """,
    ];

    /// <exception cref="StoreCorruptException">The schema is of a newer version, or of another program.</exception>
    public static async Task ApplyAsync(NpgsqlConnection connection, Database database, KindTables tables, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({Turn})", cancel);
        var schema = $"\"{database.Schema}\"";
        var present = await PresentSchema.ReadAsync(connection, database.Schema, cancel);
        if (!present.Exists) await ExecuteAsync(connection, $"CREATE SCHEMA {schema}", cancel);
        if (!present.Tables.Contains("meta"))
        {
            if (present.Tables.Contains("hive"))
                throw new StoreCorruptException($"The schema {schema} in the {database.Errors.Database} is of another program. Name another one.");
            await ExecuteAsync(connection, $"CREATE TABLE {schema}.meta(version int NOT NULL); INSERT INTO {schema}.meta VALUES(0)", cancel);
        }

        await MigrateAsync(connection, schema, database, cancel);
        var changes = tables.All.SelectMany(table => KindSchema.Changes(table, present)).ToList();
        if (changes.Count > 0) await ExecuteAsync(connection, string.Join(";\n", changes), cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task MigrateAsync(NpgsqlConnection connection, string schema, Database database, CancellationToken cancel)
    {
        await using var read = new NpgsqlCommand($"SELECT version FROM {schema}.meta", connection);
        var version = (int)(await read.ExecuteScalarAsync(cancel))!;
        if (version > All.Count)
        {
            throw new StoreCorruptException(
                $"The schema {schema} in the {database.Errors.Database} was written by a newer Waggle (its version is {version}, this version supports "
                    + $"{All.Count}). Run that version, or restore a backup from before the upgrade. Nothing was changed.");
        }

        for (var next = version; next < All.Count; next++)
            await ExecuteAsync(connection, $"{All[next].Replace("{0}", schema)}; UPDATE {schema}.meta SET version = {next + 1}", cancel);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
