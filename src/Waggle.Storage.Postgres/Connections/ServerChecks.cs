using Npgsql;
using Waggle.Core.Ports;

namespace Waggle.Storage.Postgres.Connections;

/// <summary>The properties that a server must have, looked at when the store opens.</summary>
internal static class ServerChecks
{
    /// <summary>The version that ends idle sessions.</summary>
    public static readonly Version Oldest = new(14, 0);

    /// <exception cref="StoreException">The server cannot hold a store.</exception>
    public static async Task RequireAsync(Database database, CancellationToken cancel)
    {
        try
        {
            await using var session = await database.OpenSessionAsync(cancel);
            if (VersionProblem(session.PostgreSqlVersion, database.Errors.Database) is { } old) throw new StoreException(old);
            if (await SettingAsync(session, "server_encoding", cancel) is not "UTF8" and var encoding)
                throw new StoreException($"The {database.Errors.Database} has the encoding {encoding}. Create one with ENCODING 'UTF8'.");
            if (await SettingAsync(session, "synchronous_commit", cancel) == "off" || await SettingAsync(session, "fsync", cancel) == "off")
            {
                throw new StoreException(
                    $"The {database.Errors.Database} acknowledges commits before they are durable (fsync or synchronous_commit is off), and the hub "
                        + "promises that no acknowledged task is lost. Turn both on, for the role at least: ALTER ROLE … SET synchronous_commit = on.");
            }

            if (await IsTransactionPoolAsync(session, database, cancel))
            {
                throw new StoreException(
                    $"The {database.Errors.Database} is behind a pool that gives each transaction another session, as PgBouncer with pool_mode=transaction "
                        + "does. The lock of a hive and prepared statements belong to a session. Connect to the server itself, or to a pool with "
                        + "pool_mode=session.");
            }
        }
        catch (Exception e) when (PostgresErrors.IsDatabase(e))
        {
            throw database.Errors.From(e, "Opening the store");
        }
    }

    public static string? VersionProblem(Version version, string database) => version >= Oldest
        ? null
        : $"The server of the {database} is PostgreSQL {version.Major}; Waggle needs {Oldest.Major} or later, which ends the session of a hub that has fallen "
            + "silent. Upgrade the server.";

    private static async Task<string?> SettingAsync(NpgsqlConnection session, string name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT current_setting($1)", session);
        command.Parameters.With(name);
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    // A pool has its own numbers for sessions. Where it keeps a session of the server for each client, the server's number stays the same while another client
    // is within a transaction; otherwise that client has got the session that was this one's.
    private static async Task<bool> IsTransactionPoolAsync(NpgsqlConnection session, Database database, CancellationToken cancel)
    {
        var mine = await BackendAsync(session, cancel);
        if (mine == session.ProcessID) return false;
        await using var other = await database.OpenSessionAsync(cancel);
        await using var transaction = await other.BeginTransactionAsync(cancel);
        var its = await BackendAsync(other, cancel);
        return its == mine || await BackendAsync(session, cancel) != mine;
    }

    private static async Task<int> BackendAsync(NpgsqlConnection session, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", session);
        return (int)(await command.ExecuteScalarAsync(cancel))!;
    }
}
