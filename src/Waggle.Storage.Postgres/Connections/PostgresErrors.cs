using System.Net.Sockets;
using Npgsql;
using Waggle.Core.Ports;

namespace Waggle.Storage.Postgres.Connections;

/// <summary>Converts errors of PostgreSQL to the port's exceptions, with messages that state the remedy.</summary>
/// <param name="database">The database, as messages name it.</param>
/// <param name="user">The role, as messages name it.</param>
internal sealed class PostgresErrors(string database, string user)
{
    public string Database => database;

    /// <summary>Whether an exception comes from the server or from the connection to it.</summary>
    public static bool IsDatabase(Exception e) => e is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>Whether the connection broke, so that the outcome of what ran on it is unknown.</summary>
    public static bool IsBroken(Exception e) => e is PostgresException server
        ? server.InvariantSeverity is "FATAL" or "PANIC" || server.SqlState.StartsWith("08", StringComparison.Ordinal)
        : IsDatabase(e);

    public StoreException From(Exception e, string doing) => e is PostgresException server ? FromServer(server, doing) : new StoreException(
        $"{doing}: the {database} cannot be reached: {Reason(e)} Check that the server runs and that host, port and firewall are right.", e);

    private StoreException FromServer(PostgresException e, string doing)
    {
        var what = $"{doing}: PostgreSQL says '{e.MessageText}' ({e.SqlState}) about the {database}.";
        return e.SqlState switch
        {
            PostgresErrorCodes.DiskFull => new StoreFullException($"{what} The server's disk is full: free space or shorten the retention.", e),
            PostgresErrorCodes.UniqueViolation => new StoreException($"{what} A value that must be unique is already used.", e),
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new StoreException(
                $"{what} The password of '{user}' is wrong or missing, or pg_hba.conf does not admit this hub: set WAGGLE_POSTGRES, or a passfile.", e),
            PostgresErrorCodes.InvalidCatalogName => new StoreException($"{what} Create it: CREATE DATABASE … OWNER \"{user}\".", e),
            PostgresErrorCodes.InsufficientPrivilege => new StoreException(
                $"{what} The role '{user}' lacks a right: make it the owner of the schema and its tables, or GRANT CREATE ON DATABASE … TO \"{user}\".", e),
            PostgresErrorCodes.ReadOnlySqlTransaction => new StoreException(
                $"{what} The server is a standby or read-only: name the primary (with several hosts, add Target Session Attributes=read-write).", e),
            PostgresErrorCodes.TooManyConnections => new StoreException(
                $"{what} Raise max_connections, or lower the hub's readers: a hub needs up to 13 connections.", e),
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => new StoreCorruptException(
                $"{what} The server's files are damaged: restore a backup.", e),
            PostgresErrorCodes.ProgramLimitExceeded => new StoreException($"{what} A value is too long for its index.", e),
            PostgresErrorCodes.CannotConnectNow => new StoreException($"{what} The server starts or stops; the hub tries again.", e),
            _ => new StoreException(what, e),
        };
    }

    private static string Reason(Exception e) => (e.InnerException is SocketException or TimeoutException ? e.InnerException : e).Message.TrimEnd('.') + ".";
}
