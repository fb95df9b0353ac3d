using System.Collections.Concurrent;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres;

/// <summary>
/// Finds out whether a commit whose connection broke was written. It raises the hive's barrier, which waits for the commit if the server still runs it, and
/// makes it fail if it arrives later. The stamp of the commit then tells what happened. Thread-safe.
/// </summary>
internal sealed class CommitOutcome(Database database, HiveRows hives, PostgresStoreOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, long> _unknown = new(StringComparer.Ordinal);

    /// <summary>Returns whether the commit with this stamp was written. If it was not, it never will be.</summary>
    /// <exception cref="StoreException">The server could not be asked. The next commit asks again.</exception>
    /// <exception cref="StoreFencedException">Another owner took the hive over.</exception>
    public async ValueTask<bool> IsWrittenAsync(Tenure tenure, long stamp)
    {
        var started = time.GetTimestamp();
        for (; ; )
        {
            try
            {
                return await AskAsync(tenure, stamp);
            }
            catch (StoreException e) when (e is not StoreFencedException && time.GetElapsedTime(started) < options.SettleTimeout)
            {
                // The server may be restarting.
            }
            catch (StoreException e) when (e is not StoreFencedException)
            {
                _unknown[tenure.Hive] = stamp;
                throw new StoreException($"The outcome of a commit is unknown, because the connection broke and the server cannot be asked. {e.Message}", e);
            }

            await Task.Delay(Pause, time);
        }
    }

    /// <summary>Finds the outcome of an earlier commit that could not be found then.</summary>
    /// <exception cref="StoreFencedException">It was written after all. The hive's state and its clients do not have it, so the hive must be loaded anew.
    /// </exception>
    public async ValueTask SettleEarlierAsync(Tenure tenure, CancellationToken cancel)
    {
        if (!_unknown.TryGetValue(tenure.Hive, out var stamp)) return;
        cancel.ThrowIfCancellationRequested();
        var written = await AskAsync(tenure, stamp);
        _unknown.TryRemove(tenure.Hive, out _);
        if (!written) return;
        throw new StoreFencedException(
            $"A commit of the hive '{tenure.Hive}' was written although its connection broke, and the hub has answered that its outcome is unknown. Start the "
                + "hub again: it then loads what was written.");
    }

    private async ValueTask<bool> AskAsync(Tenure tenure, long stamp)
    {
        var hive = await hives.RequireAsync(tenure, CancellationToken.None);
        return await database.WriteAsync(
            "Reading the outcome of a commit",
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"UPDATE \"{database.Schema}\".hive SET barrier = barrier + 1 WHERE no = $1 AND term = $2 RETURNING barrier, stamp", connection);
                command.Parameters.With(hive.No).With(tenure.Term);
                await using var row = await command.ExecuteReaderAsync();
                if (!await row.ReadAsync()) throw HiveRows.Fenced(tenure);
                hives.Set(tenure.Hive, hive with { Barrier = row.GetInt64(0) });
                return row.GetInt64(1) == stamp;
            },
            CancellationToken.None);
    }
}
