namespace Waggle.Storage.Postgres;

public sealed record PostgresStoreOptions
{
    /// <summary>
    /// The database: a connection string of Npgsql (<c>Host=db;Username=waggle;Database=waggle</c>) or a URL (<c>postgres://waggle@db/waggle</c>). Its first
    /// <c>Search Path</c> names the schema.
    /// </summary>
    public required string Connection { get; init; }

    /// <summary>The schema of the tables, unless <see cref="Connection"/> has a search path. The store creates it.</summary>
    public string Schema { get; init; } = "waggle";

    /// <summary>The number of connections that read at the same time; further readers wait for one.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>The number of connections that commit at the same time. A hive needs one.</summary>
    public int Writers { get; init; } = 4;

    /// <summary>
    /// The time after which the server ends the session of an owner that has fallen silent, so that another hub may take its hives. The owner speaks three
    /// times in this period.
    /// </summary>
    public TimeSpan ClaimTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The time for which a commit whose connection broke asks the server for its outcome. The hub answers nothing meanwhile. After that time the outcome is
    /// unknown.
    /// </summary>
    public TimeSpan SettleTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Returns the options without <see cref="Connection"/>, which may contain a password.</summary>
    public override string ToString() => $"{nameof(PostgresStoreOptions)} {{ Schema = {Schema} }}";
}
