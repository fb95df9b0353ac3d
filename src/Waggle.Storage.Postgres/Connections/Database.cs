using Npgsql;

namespace Waggle.Storage.Postgres.Connections;

/// <summary>The pools of connections to one database, and the schema within it. Thread-safe.</summary>
internal sealed class Database : IAsyncDisposable
{
    // A prepared statement spares the server its parsing and planning. The kinds have some two hundred statements.
    private const int PreparedStatements = 400;

    private readonly NpgsqlDataSource _writers;
    private readonly NpgsqlDataSource _readers;

    public Database(PostgresStoreOptions options)
    {
        var text = ConnectionText.Parse(options.Connection);
        Schema = text.SearchPath is { Length: > 0 } path ? path.Split(',')[0].Trim(' ', '"') : options.Schema;
        text.SearchPath = null;
        Errors = new PostgresErrors(ConnectionText.Describe(text), text.Username ?? Environment.UserName);
        (text.MaxAutoPrepare, text.AutoPrepareMinUsages, text.KeepAlive) = (PreparedStatements, 2, 10);
        (text.Pooling, text.MinPoolSize, text.MaxPoolSize) = (true, 0, options.Writers);
        _writers = NpgsqlDataSource.Create(text);
        text.MaxPoolSize = options.Readers;
        _readers = NpgsqlDataSource.Create(text);
        Text = text;
    }

    /// <summary>The schema of the tables, without quotation marks.</summary>
    public string Schema { get; }

    public PostgresErrors Errors { get; }

    /// <summary>The connection string of the pools.</summary>
    public NpgsqlConnectionStringBuilder Text { get; }

    /// <summary>Opens a connection that belongs to no pool: a session of its own.</summary>
    public async ValueTask<NpgsqlConnection> OpenSessionAsync(CancellationToken cancel)
    {
        var text = new NpgsqlConnectionStringBuilder(Text.ConnectionString) { Pooling = false, MaxAutoPrepare = 0, Timeout = 5, CommandTimeout = 5 };
        var session = new NpgsqlConnection(text.ConnectionString);
        try
        {
            await session.OpenAsync(cancel);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    public ValueTask<NpgsqlConnection> OpenWriterAsync(CancellationToken cancel) => _writers.OpenConnectionAsync(cancel);

    /// <summary>Closes the idle connections of a server that went away.</summary>
    public void ForgetConnections()
    {
        _writers.Clear();
        _readers.Clear();
    }

    /// <summary>Reads, and once more if the connection turns out to be broken, for example because the server was restarted.</summary>
    public async ValueTask<T> ReadAsync<T>(string doing, Func<NpgsqlConnection, Task<T>> read, CancellationToken cancel)
    {
        for (var again = true; ; again = false)
        {
            try
            {
                await using var connection = await _readers.OpenConnectionAsync(cancel);
                return await read(connection);
            }
            catch (Exception e) when (again && PostgresErrors.IsBroken(e))
            {
                ForgetConnections();
            }
            catch (Exception e) when (PostgresErrors.IsDatabase(e))
            {
                throw Errors.From(e, doing);
            }
        }
    }

    /// <summary>Runs a transaction of the owner that may be repeated, as an acquisition or a deletion may.</summary>
    public async ValueTask<T> WriteAsync<T>(string doing, Func<NpgsqlConnection, Task<T>> write, CancellationToken cancel)
    {
        try
        {
            await using var connection = await OpenWriterAsync(cancel);
            return await write(connection);
        }
        catch (Exception e) when (PostgresErrors.IsDatabase(e))
        {
            if (PostgresErrors.IsBroken(e)) ForgetConnections();
            throw Errors.From(e, doing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writers.DisposeAsync();
        await _readers.DisposeAsync();
    }
}
