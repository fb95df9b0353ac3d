using System.Collections.Concurrent;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres;

/// <param name="No">The number of the hive in the keys of rows. It never changes.</param>
/// <param name="Barrier">
/// The number that a commit must find. Reading back the outcome of a commit whose connection broke raises it, so that a commit that is still on its way cannot
/// succeed afterwards.
/// </param>
internal readonly record struct HiveRow(int No, long Barrier);

/// <summary>The numbers of the hives that this store has seen. Thread-safe.</summary>
internal sealed class HiveRows(Database database)
{
    private readonly ConcurrentDictionary<string, HiveRow> _rows = new(StringComparer.Ordinal);

    /// <summary>Returns the row of a hive; null if the database has none.</summary>
    public async ValueTask<HiveRow?> FindAsync(string hive, CancellationToken cancel)
    {
        if (_rows.TryGetValue(hive, out var known)) return known;
        var found = await database.ReadAsync<HiveRow?>(
            $"Reading the hive '{hive}'",
            async connection =>
            {
                await using var command = new NpgsqlCommand($"SELECT no, barrier FROM \"{database.Schema}\".hive WHERE name = $1", connection)
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = hive } },
                };
                await using var row = await command.ExecuteReaderAsync(cancel);
                return await row.ReadAsync(cancel) ? new HiveRow(row.GetInt32(0), row.GetInt64(1)) : null;
            },
            cancel);
        return found is { } row ? _rows.GetOrAdd(hive, row) : null;
    }

    /// <exception cref="StoreFencedException">The database has no such hive, so the tenure is not of this database.</exception>
    public async ValueTask<HiveRow> RequireAsync(Tenure tenure, CancellationToken cancel) =>
        await FindAsync(tenure.Hive, cancel) ?? throw Fenced(tenure);

    public void Set(string hive, HiveRow row) => _rows[hive] = row;

    public static StoreFencedException Fenced(Tenure tenure, Exception? cause = null) =>
        new($"The hive '{tenure.Hive}' is no longer at term {tenure.Term}, offset {tenure.Head}: another owner took it over.", cause);
}
