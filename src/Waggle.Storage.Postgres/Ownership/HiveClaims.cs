using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;

namespace Waggle.Storage.Postgres.Ownership;

/// <summary>
/// The claims of this hub on its hives: advisory locks of a session of its own. The server ends the session when the hub falls silent, and at once when its
/// process ends. A claim keeps two hubs from taking a hive from each other; that no two of them commit is what each commit compares. A session that broke is
/// opened again; if another hub has taken the lock meanwhile, its term is higher, and the next commit of this hub fails. Thread-safe.
/// </summary>
internal sealed class HiveClaims(Database database, PostgresStoreOptions options, TimeProvider time) : IAsyncDisposable
{
    // The server and this hub may be busy.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);
    private NpgsqlConnection? _session;
    private Task _speaking = Task.CompletedTask;
    private int _closed;

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
            if (_claimed.Contains(hive)) return true;
            if (_session is null) await OpenAsync(cancel);
            if (!await TryLockAsync(_session!, hive, cancel)) return false;
            _claimed.Add(hive);
            if (_speaking.IsCompleted) _speaking = Task.Run(() => SpeakAsync(_closing.Token), CancellationToken.None);
            return true;
        }
        catch (Exception e) when (PostgresErrors.IsDatabase(e))
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
                if (_session is null) await ClaimAgainAsync(closing);
                else await SpeakAsync(_session, closing);
            }
            catch (Exception e) when (PostgresErrors.IsDatabase(e))
            {
                await CloseAsync();
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private async Task ClaimAgainAsync(CancellationToken cancel)
    {
        await OpenAsync(cancel);
        foreach (var hive in _claimed) await TryLockAsync(_session!, hive, cancel);
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
    }

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

    // Locks belong to a database, so the key names the schema and the hive within it.
    private long KeyOf(string hive) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"waggle\n{database.Schema}\n{hive}")));
}
