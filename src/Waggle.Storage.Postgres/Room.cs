using System.Security.Cryptography;
using Npgsql;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres;

/// <summary>
/// Knows whether the server has room for creations. After an error for lack of room it writes a filler at intervals and rolls it back; there is room once that
/// succeeds. Thread-safe.
/// </summary>
internal sealed class Room(Database database, TimeProvider time)
{
    private const int Fillers = 8;
    private const int FillerBytes = 128 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private volatile bool _lacks;
    private long _triedAt;

    public void Lack()
    {
        Volatile.Write(ref _triedAt, time.GetTimestamp());
        _lacks = true;
    }

    public async ValueTask<bool> HasAsync(CancellationToken cancel)
    {
        if (!_lacks) return true;
        if (time.GetElapsedTime(Volatile.Read(ref _triedAt)) < Interval) return false;
        Volatile.Write(ref _triedAt, time.GetTimestamp());
        try
        {
            await using var connection = await database.OpenWriterAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using var fill = new NpgsqlCommand(
                $"WITH b AS (INSERT INTO \"{database.Schema}\".blob(id, bytes, used_at) VALUES($1, 0, 0) RETURNING id) "
                    + $"SELECT id FROM b", connection);
            fill.Parameters.With("filler");
            await fill.ExecuteNonQueryAsync(cancel);
            for (var i = 0; i < Fillers; i++)
            {
                await using var chunk = new NpgsqlCommand($"INSERT INTO \"{database.Schema}\".blob_chunk(blob, no, body) VALUES('filler', $1, $2)", connection);
                chunk.Parameters.With(i).With((ReadOnlyMemory<byte>)RandomNumberGenerator.GetBytes(FillerBytes));
                await chunk.ExecuteNonQueryAsync(cancel);
            }

            await transaction.RollbackAsync(cancel);
            _lacks = false;
        }
        catch (Exception e) when (PostgresErrors.IsDatabase(e))
        {
            // There is still no room, or no server. The next call after the interval tries again.
        }

        return !_lacks;
    }
}
