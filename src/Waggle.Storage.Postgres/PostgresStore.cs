using System.Diagnostics.Metrics;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Blobs;
using Waggle.Storage.Postgres.Connections;
using Waggle.Storage.Postgres.Entities;
using Waggle.Storage.Postgres.Ownership;
using Waggle.Storage.Postgres.Schema;

namespace Waggle.Storage.Postgres;

/// <summary>
/// The store on PostgreSQL. A commit is one round trip. A hive has one owner: the hub whose session has the hive's lock; a hub that was replaced commits
/// nothing. Thread-safe.
/// </summary>
public sealed class PostgresStore : IStore
{
    private readonly Database _database;
    private readonly HiveClaims _claims;
    private readonly KindTables _tables;
    private readonly HiveAcquisition _acquisition;
    private readonly HiveWriter _writer;
    private readonly Retention _retention;
    private readonly EntityReader _entities;
    private readonly LogReader _log;
    private readonly Room _room;
    private readonly SharedContents _shared;

    private PostgresStore(Database database, KindTables tables, PostgresStoreOptions options, TimeProvider time)
    {
        (_database, _tables) = (database, tables);
        var hives = new HiveRows(database);
        _claims = new HiveClaims(database, options, time);
        _acquisition = new HiveAcquisition(database, hives, _claims, time);
        _writer = new HiveWriter(database, hives, new CommitText(database.Schema, tables), new CommitOutcome(database, hives, options, time));
        _retention = new Retention(database, hives);
        _entities = new EntityReader(database, hives, tables);
        _log = new LogReader(database, hives);
        _room = new Room(database, time);
        _shared = new SharedContents(database);
        Blobs = new PostgresBlobs(database, time);
    }

    /// <summary>The blobs in the same schema.</summary>
    public IBlobs Blobs { get; }

    /// <summary>The fault if another process has taken over a hive of this store; null otherwise.</summary>
    public string? Fault => _claims.Fault;

    /// <summary>Stops speaking to the server for good, so that the claims of this store end.</summary>
    internal Task FallSilentAsync() => _claims.FallSilentAsync();

    /// <summary>Checks the server, creates or migrates the tables and opens the store.</summary>
    /// <param name="kinds">Every kind that a caller will use. Kinds that were stored before and are absent here stay as they are.</param>
    /// <exception cref="StoreCorruptException">The schema is of another program or of a newer version. Nothing was changed.</exception>
    /// <exception cref="StoreException">The server cannot be reached or used; the message gives the reason.</exception>
    public static async Task<PostgresStore> OpenAsync(
        PostgresStoreOptions options, IReadOnlyList<EntityKind> kinds, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Readers, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Writers, 1, nameof(options));

        var database = new Database(options);
        try
        {
            var tables = new KindTables([.. kinds.Select(kind => new KindTable(database.Schema, kind))]);
            await ServerChecks.RequireAsync(database, cancel);
            await database.WriteAsync(
                "Opening the store",
                async connection =>
                {
                    await SchemaSteps.ApplyAsync(connection, database, tables, cancel);
                    return true;
                },
                cancel);
            return new PostgresStore(database, tables, options, time);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel) => _acquisition.AcquireAsync(hive, now, cancel);

    public async ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel)
    {
        try
        {
            return await _writer.CommitAsync(_claims.Require(tenure), batch, cancel);
        }
        catch (StoreFullException)
        {
            _room.Lack();
            throw;
        }
    }

    public IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, CancellationToken cancel) =>
        _entities.LoadOpenAsync(_claims.Require(tenure), cancel);

    public ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel) =>
        _entities.GetAsync(hive, keys, cancel);

    public ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel) => _entities.QueryAsync(hive, query, cancel);

    public ValueTask<EntityPage> RangeAsync(string hive, EntityRange range, CancellationToken cancel) => _entities.RangeAsync(hive, range, cancel);

    public ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel) => _entities.CountAsync(hive, query, cancel);

    public ValueTask<IReadOnlyList<LogRow>> ReadLogAsync(string hive, long after, int maxRows, CancellationToken cancel) =>
        _log.ReadAsync(hive, after, maxRows, cancel);

    public ValueTask<LogExtent> GetLogExtentAsync(string hive, CancellationToken cancel) => _log.ExtentAsync(hive, cancel);

    public ValueTask<int> PruneEntitiesAsync(Tenure tenure, string kind, DateTimeOffset closedBefore, int limit, CancellationToken cancel) =>
        _retention.PruneEntitiesAsync(_claims.Require(tenure), _tables[kind], closedBefore, limit, cancel);

    public ValueTask<int> PruneLogAsync(Tenure tenure, DateTimeOffset writtenBefore, int limit, CancellationToken cancel) =>
        _retention.PruneLogAsync(_claims.Require(tenure), writtenBefore, limit, cancel);

    public ValueTask<int> RewriteLogAsync(Tenure tenure, IReadOnlyList<LogRow> rows, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return _retention.RewriteLogAsync(_claims.Require(tenure), rows, cancel);
    }

    public ValueTask<bool> HasRoomAsync(CancellationToken cancel) => _room.HasAsync(cancel);

    /// <summary>
    /// Returns the content that all hubs on this schema share under a name, for example a key. The first one that brings a content decides it.
    /// </summary>
    /// <param name="first">The content to keep if there is none; null only reads.</param>
    /// <returns>The content; null if there is none.</returns>
    public ValueTask<byte[]?> ShareAsync(string name, byte[]? first, CancellationToken cancel) => _shared.KeepAsync(name, first, cancel);

    /// <summary>Records the store's measurements in this meter from now on.</summary>
    public void MeasureWith(Meter meter) => _writer.Metrics = new StoreMetrics(meter);

    public async ValueTask DisposeAsync()
    {
        await _claims.DisposeAsync();
        await _database.DisposeAsync();
    }
}
