using Npgsql;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres;

/// <summary>Keeps the few contents that all hubs on a schema share, such as the key of their tokens. Thread-safe.</summary>
internal sealed class SharedContents(Database database)
{
    private readonly string _table = $"\"{database.Schema}\".shared";

    public ValueTask<byte[]?> KeepAsync(string name, byte[]? first, CancellationToken cancel) => database.WriteAsync(
        $"Reading '{name}'",
        async connection =>
        {
            if (first is not null)
            {
                await using var keep = new NpgsqlCommand($"INSERT INTO {_table}(name, body) VALUES($1, $2) ON CONFLICT (name) DO NOTHING", connection);
                keep.Parameters.With(name).With((ReadOnlyMemory<byte>)first);
                await keep.ExecuteNonQueryAsync(cancel);
            }

            await using var read = new NpgsqlCommand($"SELECT body FROM {_table} WHERE name = $1", connection);
            read.Parameters.With(name);
            return await read.ExecuteScalarAsync(cancel) as byte[];
        },
        cancel);
}
