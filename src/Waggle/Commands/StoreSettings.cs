using System.CommandLine;
using Waggle.Commands.Configuration;
using Waggle.Shared;
using Waggle.Storage.Postgres;
using Waggle.Storage.Sqlite;

namespace Waggle.Commands;

/// <summary>The settings of the place where a hub keeps its data.</summary>
internal sealed class StoreSettings(Settings settings)
{
    private const string PostgresStore = "postgres";

    private readonly Option<string> _store = settings.Choice(
        "store",
        "sqlite: the data folder holds everything. postgres: the database that postgres names holds everything that cannot be made again "
            + "(docs/postgresql.md).",
        ["sqlite", PostgresStore]);

    private readonly Option<string?> _postgres = settings.Optional(
        PostgresStore,
        "The database of --store postgres, for example postgres://waggle@db.example.org/waggle or Host=db;Username=waggle;Database=waggle. Prefer the "
            + "variable for a password, because other users of this machine can see the options of a process.",
        "is empty.", widens: true, isSecret: true);

    private readonly Option<string> _sync = settings.Choice(
        "sync",
        "full: an acknowledged change survives a power failure. normal: it survives the end of the process; a power failure can lose the last changes. For "
            + "--store sqlite.",
        ["full", "normal"]);

    public SqliteStoreOptions Sqlite(ParseResult parse, string folder) => new()
    {
        Folder = folder,
        Synchronous = parse.GetValue(_sync) == "normal" ? SqliteSynchronous.Normal : SqliteSynchronous.Full,
    };

    /// <summary>The database; null for a hub on SQLite.</summary>
    /// <exception cref="CliException">The database is not named.</exception>
    public PostgresStoreOptions? Postgres(ParseResult parse)
    {
        if (parse.GetValue(_store) != PostgresStore) return null;
        return parse.GetValue(_postgres) is { Length: > 0 } connection
            ? new PostgresStoreOptions { Connection = connection }
            : throw new CliException(
                "--store postgres needs a database: set WAGGLE_POSTGRES, --postgres, or postgres in a settings file, for example "
                    + "postgres://waggle@db.example.org/waggle.",
                ExitCodes.Usage);
    }
}
