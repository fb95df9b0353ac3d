using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres;

/// <summary>Commits the batches of hives. Thread-safe; the owner of a hive commits one batch after the other.</summary>
internal sealed class HiveWriter(Database database, HiveRows hives, CommitText text, CommitOutcome outcome)
{
    // A batch that breaks its connection each time, for example because the server crashes on it, would never end.
    private const int MostTries = 3;

    /// <summary>The metrics that measure commits; null measures none.</summary>
    public StoreMetrics? Metrics { get; set; }

    /// <exception cref="StoreException">The commit failed, or its connection broke at each try; nothing was written.</exception>
    /// <exception cref="StoreFencedException">The hive is not at the term and head of the tenure.</exception>
    public async ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel)
    {
        var grows = !batch.LogBody.IsEmpty;
        if (grows ? batch.LastOffset <= tenure.Head : batch.LastOffset != tenure.Head)
        {
            throw new ArgumentException(
                $"A batch {(grows ? "with" : "without")} records cannot move the head from {tenure.Head} to {batch.LastOffset}.", nameof(batch));
        }

        await outcome.SettleEarlierAsync(tenure, cancel);

        // A clock that was set back must not make the log run backwards.
        var at = Math.Max(Micros.From(batch.At), Micros.From(tenure.LastWriteAt));
        var stamp = BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));
        for (var tries = 1; await TryAsync(tenure, batch, at, stamp, cancel) is { } broken && !await outcome.IsWrittenAsync(tenure, stamp); tries++)
        {
            // The server has not written the batch and never will under the old barrier. The next try has the new one.
            if (tries < MostTries) continue;
            throw new StoreException(
                $"Nothing was written: the hub tried the commit {tries} times, and its connection broke each time. "
                    + database.Errors.From(broken, "Commit").Message,
                broken);
        }

        return tenure with { Head = batch.LastOffset, LastWriteAt = Micros.ToTime(at) };
    }

    /// <returns>The error that broke the connection, so that the outcome is unknown; null if the batch was written.</returns>
    private async ValueTask<Exception?> TryAsync(Tenure tenure, CommitBatch batch, long at, long stamp, CancellationToken cancel)
    {
        var hive = await hives.RequireAsync(tenure, cancel);
        await using var connection = await OpenAsync(cancel);
        await using var commands = new NpgsqlBatch(connection);
        text.Fill(commands, hive, tenure, batch, at, stamp);
        try
        {
            // Whoever asked does not interrupt a commit on its way; its outcome would be unknown.
            var started = Stopwatch.GetTimestamp();
            await commands.ExecuteNonQueryAsync(CancellationToken.None);
            Metrics?.Transacted(Stopwatch.GetElapsedTime(started));
            return null;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DivisionByZero)
        {
            throw HiveRows.Fenced(tenure, e);
        }
        catch (Exception e) when (PostgresErrors.IsBroken(e))
        {
            database.ForgetConnections();
            return e;
        }
        catch (Exception e) when (PostgresErrors.IsDatabase(e))
        {
            throw database.Errors.From(e, "Commit");
        }
    }

    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        try
        {
            return await database.OpenWriterAsync(cancel);
        }
        catch (Exception e) when (PostgresErrors.IsDatabase(e))
        {
            throw database.Errors.From(e, "Commit");
        }
    }
}
