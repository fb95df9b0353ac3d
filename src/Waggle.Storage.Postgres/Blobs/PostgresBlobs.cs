using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres.Blobs;

/// <summary>
/// Stores blobs as rows of chunks. A content is received whole before a transaction begins, and read whole before it is passed on, so no slow client keeps a
/// transaction or a connection of the server. Thread-safe.
/// </summary>
internal sealed class PostgresBlobs(Database database, TimeProvider time) : IBlobs
{
    private const int ChunkBytes = 256 * 1024;

    private readonly string _blob = $"\"{database.Schema}\".blob";
    private readonly string _chunk = $"\"{database.Schema}\".blob_chunk";

    public async ValueTask<BlobInfo> WriteAsync(string owner, Stream content, long limit, CancellationToken cancel)
    {
        if (!Ids.IsValid(owner)) throw new ArgumentException(Ids.Rule("owner", owner), nameof(owner));
        ArgumentNullException.ThrowIfNull(content);
        await using var spool = new BlobSpool();
        var sha256 = await ReceiveAsync(content, spool, limit, cancel);
        var made = new BlobInfo(owner, sha256, spool.Length);
        spool.Position = 0;
        return await database.WriteAsync(
            "Writing a blob",
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancel);
                if (await TakeAsync(connection, made, cancel)) await FillAsync(connection, made.Id, spool, cancel);
                await transaction.CommitAsync(cancel);
                return made;
            },
            cancel);
    }

    public async ValueTask<Stream?> OpenAsync(string id, CancellationToken cancel)
    {
        if (!BlobInfo.TryParse(id, out _, out _)) return null;
        return await database.ReadAsync<Stream?>(
            "Reading a blob",
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"SELECT c.body FROM {_blob} b LEFT JOIN {_chunk} c ON c.blob = b.id WHERE b.id = $1 ORDER BY c.no", connection);
                command.Parameters.With(id);
                await using var rows = await command.ExecuteReaderAsync(cancel);
                BlobSpool? spool = null;
                try
                {
                    while (await rows.ReadAsync(cancel))
                    {
                        spool ??= new BlobSpool();
                        if (!rows.IsDBNull(0)) await spool.AppendAsync(rows.GetFieldValue<byte[]>(0), cancel);
                    }
                }
                catch
                {
                    if (spool is not null) await spool.DisposeAsync();
                    throw;
                }

                if (spool is not null) spool.Position = 0;
                return spool;
            },
            cancel);
    }

    public async ValueTask<BlobInfo?> HoldAsync(string id, CancellationToken cancel)
    {
        if (!BlobInfo.TryParse(id, out var owner, out var sha256)) return null;
        return await database.WriteAsync(
            "Holding a blob",
            async connection =>
            {
                await using var command = new NpgsqlCommand($"UPDATE {_blob} SET used_at = greatest(used_at, $2) WHERE id = $1 RETURNING bytes", connection);
                command.Parameters.With(id).With(Micros.From(time.GetUtcNow()));
                return await command.ExecuteScalarAsync(cancel) is long bytes ? new BlobInfo(owner, sha256, bytes) : null;
            },
            cancel);
    }

    public async IAsyncEnumerable<BlobInfo> ListAsync(DateTimeOffset unusedSince, [EnumeratorCancellation] CancellationToken cancel)
    {
        var found = await database.ReadAsync(
            "Listing blobs",
            async connection =>
            {
                await using var command = new NpgsqlCommand($"SELECT id, bytes FROM {_blob} WHERE used_at < $1", connection);
                command.Parameters.With(Micros.From(unusedSince));
                await using var rows = await command.ExecuteReaderAsync(cancel);
                var list = new List<BlobInfo>();
                while (await rows.ReadAsync(cancel))
                {
                    if (BlobInfo.TryParse(rows.GetString(0), out var owner, out var sha256)) list.Add(new BlobInfo(owner, sha256, rows.GetInt64(1)));
                }

                return list;
            },
            cancel);
        foreach (var blob in found) yield return blob;
    }

    public async ValueTask<bool> DeleteAsync(string id, DateTimeOffset unusedSince, CancellationToken cancel)
    {
        if (!BlobInfo.TryParse(id, out _, out _)) return false;
        return await database.WriteAsync(
            "Deleting a blob",
            async connection =>
            {
                await using var command = new NpgsqlCommand($"DELETE FROM {_blob} WHERE id = $1 AND used_at < $2", connection);
                command.Parameters.With(id).With(Micros.From(unusedSince));
                return await command.ExecuteNonQueryAsync(cancel) == 1;
            },
            cancel);
    }

    private static async Task<string> ReceiveAsync(Stream content, BlobSpool spool, long limit, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (await content.ReadAsync(buffer, cancel) is > 0 and var count)
            {
                if (spool.Length + count > limit) throw new BlobTooLargeException(limit);
                hash.AppendData(buffer, 0, count);
                await spool.AppendAsync(buffer.AsMemory(0, count), cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes the row of a blob, or renews its age. Returns whether its chunks are to be written.</summary>
    private async Task<bool> TakeAsync(NpgsqlConnection connection, BlobInfo blob, CancellationToken cancel)
    {
        // A row that this transaction inserted has no transaction that has locked or deleted it.
        await using var command = new NpgsqlCommand(
            $"INSERT INTO {_blob} AS b(id, bytes, used_at) VALUES($1, $2, $3) "
                + "ON CONFLICT (id) DO UPDATE SET used_at = greatest(b.used_at, excluded.used_at) RETURNING xmax = 0",
            connection);
        command.Parameters.With(blob.Id).With(blob.Bytes).With(Micros.From(time.GetUtcNow()));
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task FillAsync(NpgsqlConnection connection, string id, BlobSpool spool, CancellationToken cancel)
    {
        var buffer = new byte[ChunkBytes];
        for (var no = 0; await spool.ReadAtLeastAsync(buffer, ChunkBytes, throwOnEndOfStream: false, cancel) is > 0 and var count; no++)
        {
            await using var command = new NpgsqlCommand($"INSERT INTO {_chunk}(blob, no, body) VALUES($1, $2, $3)", connection);
            command.Parameters.With(id).With(no).With(buffer.AsMemory(0, count));
            await command.ExecuteNonQueryAsync(cancel);
        }
    }
}
