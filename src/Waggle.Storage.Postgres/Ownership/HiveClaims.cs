using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres.Ownership;

/// <summary>
/// The claims of this hub on its hives: advisory locks of a session of its own. The server ends the session when the hub falls silent, and at once when its
/// process ends. A claim keeps two hubs from taking a hive from each other; that no two of them commit is what each commit compares. A session that broke is
/// opened again and takes its locks again. If another hub has begun a term meanwhile, the claim is lost. Thread-safe.
/// </summary>
internal sealed class HiveClaims(Database database, PostgresStoreOptions options, TimeProvider time) : IAsyncDisposable
{
    // The server and this hub may be busy.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closing = new();

    // The claimed hives and the terms that this hub began in them; 0 until it has begun one.
    private readonly ConcurrentDictionary<string, long> _terms = new(StringComparer.Ordinal);

    // The hives whose locks the present session has. Whoever has the turn uses it.
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);

    // The hives that another hub has taken over, and the texts that say so.
    private readonly ConcurrentDictionary<string, string> _lost = new(StringComparer.Ordinal);
    private NpgsqlConnection? _session;
    private Task _speaking = Task.CompletedTask;
    private int _closed;

    /// <summary>The text that says which hive another hub has taken over; null if none was.</summary>
    public string? Fault => _lost.FirstOrDefault().Value;

    private TimeSpan Beat => options.ClaimTimeout / 3;

    /// <summary>Takes the lock of a hive. It waits for as long as the session of an owner that fell silent may live.</summary>
    /// <exception cref="StoreLockedException">Another hub owns the hive.</exception>
    public async ValueTask ClaimAsync(string hive, Func<CancellationToken, Task<string?>> owner, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (!await TryClaimAsync(hive, cancel))
        {
            if (time.GetElapsedTime(started) > options.ClaimTimeout + Margin)
            {
                throw new StoreLockedException(
                    $"The hive '{hive}' in the {database.Errors.Database} is in use by {await owner(cancel) ?? "another hub"}. Stop that hub first, or give "
                        + "this one another database or schema.");
            }

            await Task.Delay(Pause, time, cancel);
        }
    }

    /// <summary>Notes the term that this hub has begun in a hive that it claimed.</summary>
    public void Began(Tenure tenure)
    {
        _terms[tenure.Hive] = tenure.Term;
        _lost.TryRemove(tenure.Hive, out _);
    }

    /// <summary>Returns the tenure, unless its hive is known to be lost.</summary>
    /// <exception cref="StoreFencedException">Another hub has taken the hive over.</exception>
    public Tenure Require(Tenure tenure) => _lost.TryGetValue(tenure.Hive, out var fault)
        ? throw new StoreFencedException($"The hive '{tenure.Hive}' is no longer at term {tenure.Term}: {fault}.")
        : tenure;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        await FallSilentAsync();
        await _turn.WaitAsync();
        await CloseAsync();
        _closing.Dispose();
    }

    /// <summary>Stops speaking to the server for good, as the hub does when its process stands still.</summary>
    public async Task FallSilentAsync()
    {
        await _closing.CancelAsync();
        await _speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask<bool> TryClaimAsync(string hive, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (!_locked.Contains(hive))
            {
                if (_session is null) await OpenAsync(cancel);
                if (!await TryLockAsync(_session!, hive, cancel)) return false;
                _locked.Add(hive);
            }

            _terms[hive] = 0;
            if (_speaking.IsCompleted) _speaking = Task.Run(() => SpeakAsync(_closing.Token), CancellationToken.None);
            return true;
        }
        catch (Exception e) when (IsBroken(e))
        {
            await CloseAsync();
            throw database.Errors.From(e, "Claiming a hive");
        }
        finally
        {
            _turn.Release();
        }
    }

    // The server ends the session when it is idle for too long, so the owner speaks; an owner whose process stands still does not.
    private async Task SpeakAsync(CancellationToken closing)
    {
        using var timer = new PeriodicTimer(Beat, time);
        while (await timer.WaitForNextTickAsync(closing))
        {
            await _turn.WaitAsync(closing);
            try
            {
                if (_session is null) await OpenAsync(closing);
                else await SpeakAsync(_session, closing);
                foreach (var (hive, term) in _terms.Where(claim => !_locked.Contains(claim.Key)).ToList())
                    await ClaimAgainAsync(_session!, hive, term, closing);
            }
            catch (Exception e) when (IsBroken(e))
            {
                await CloseAsync();
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    // That another session has the lock does not prove a loss: it may be the broken session of this hub, which the server has yet to end. A higher term does
    // prove it, also if the lock is free again. Without a proof the next beat tries again.
    private async Task ClaimAgainAsync(NpgsqlConnection session, string hive, long term, CancellationToken cancel)
    {
        if (await TryLockAsync(session, hive, cancel)) _locked.Add(hive);
        if (term == 0 || await TermAsync(session, hive, cancel) <= term) return;
        _lost[hive] = $"another process owns the hive '{hive}'";
        _terms.TryRemove(hive, out _);
        if (_locked.Remove(hive)) await UnlockAsync(session, hive, cancel);
    }

    private async Task OpenAsync(CancellationToken cancel)
    {
        _session = await database.OpenSessionAsync(cancel);
        await using var timeout = new NpgsqlCommand($"SET idle_session_timeout = {(long)options.ClaimTimeout.TotalMilliseconds}", _session);
        await timeout.ExecuteNonQueryAsync(cancel);
    }

    private async ValueTask CloseAsync()
    {
        if (_session is { } session) await session.DisposeAsync();
        _session = null;
        _locked.Clear();
    }

    // A command on a connection that was closed meanwhile is an invalid operation.
    private static bool IsBroken(Exception e) => PostgresErrors.IsDatabase(e) || e is InvalidOperationException;

    private static async Task SpeakAsync(NpgsqlConnection session, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT 1", session);
        await command.ExecuteScalarAsync(cancel);
    }

    private async Task<bool> TryLockAsync(NpgsqlConnection session, string hive, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", session);
        command.Parameters.With(KeyOf(hive));
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    private async Task UnlockAsync(NpgsqlConnection session, string hive, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", session);
        command.Parameters.With(KeyOf(hive));
        await command.ExecuteScalarAsync(cancel);
    }

    /// <returns>The term of the last owner; 0 if the database has no such hive.</returns>
    private async Task<long> TermAsync(NpgsqlConnection session, string hive, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"SELECT term FROM \"{database.Schema}\".hive WHERE name = $1", session);
        command.Parameters.With(hive);
        return await command.ExecuteScalarAsync(cancel) is long term ? term : 0;
    }

    // Locks belong to a database, so the key names the schema and the hive within it.
    private long KeyOf(string hive) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"waggle\n{database.Schema}\n{hive}")));
}
