using System.Diagnostics.Metrics;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The embedded store: one file, one writer, a few readers. The work runs on the caller's thread, so a returned task is complete unless the caller had to wait
/// for its turn. SQLite reuses the pages that pruning frees, so the file does not shrink. Thread-safe.
/// </summary>
public sealed class SqliteStore : IStore
{
    public const string FileName = "waggle.db";
    public const string MeterName = "Waggle.Storage";

    private readonly SqliteStoreOptions _options;
    private readonly OpenedFolder _folder;
    private readonly KindTables _tables;
    private readonly ReaderPool _readers;
    private readonly Reserve _reserve;
    private readonly OpenFiles _files;
    private readonly WriterStatements _statements;
    private readonly WriterTurns _turns;
    private readonly HiveWriter _writer;
    private readonly Retention _retention;
    private readonly Erasure _erasure;
    private readonly EntityReader _entities;
    private readonly LogReader _log;
    private int _closed;

    private SqliteStore(SqliteStoreOptions options, OpenedFolder folder, List<KindTable> tables, TimeProvider time)
    {
        (_options, _folder, _tables) = (options, folder, new KindTables(tables));
        var hives = new HiveNumbers(WriterStatements.ReadHives(folder.Writer));
        var growth = new Growth(folder.Writer);
        _statements = new WriterStatements(folder.Writer);
        _reserve = new Reserve(folder.Writer, options.Folder, options, time);
        _reserve.TryTake();
        _files = new OpenFiles(options.Folder);
        _readers = new ReaderPool(Path.Combine(options.Folder, FileName), options, _files);
        _turns = new WriterTurns(folder.Writer, _readers, _reserve, growth, _files, options);
        _writer = new HiveWriter(folder.Writer, _statements, hives, folder.Marker, _tables);
        _retention = new Retention(folder.Writer, _statements, _turns, hives);
        _erasure = new Erasure(options.Folder, folder.Writer, _statements, _turns, hives);
        _entities = new EntityReader(_readers, folder.Writer, _turns, hives, _tables);
        _log = new LogReader(_readers, hives);
    }

    /// <summary>The SQLite library of this process. The first access loads it.</summary>
    public static SqliteLibrary Library => NativeSqlite.Library;

    /// <summary>The fault if the folder or its files are not those that the store opened; null otherwise. The text contains no path.</summary>
    public string? Fault =>
        _files.Missing() is { } path ? $"{Path.GetFileName(path)} in the data folder was removed or replaced while the hub runs" : null;

    /// <summary>Locks the folder and opens or creates the database in it.</summary>
    /// <param name="kinds">Every kind that a caller will use. Kinds that were stored before and are absent here stay as they are.</param>
    /// <exception cref="StoreLockedException">Another hub has the folder.</exception>
    /// <exception cref="StoreCorruptException">The file is no Waggle database, is damaged, or is of a newer version. Nothing was changed.</exception>
    /// <exception cref="StoreException">The folder cannot be used.</exception>
    public static SqliteStore Open(SqliteStoreOptions options, IReadOnlyList<EntityKind> kinds, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Readers, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CheckpointPages, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.ReserveBytes, nameof(options));

        var tables = kinds.Select(kind => new KindTable(kind)).ToList();
        OpenedFolder? folder = null;
        try
        {
            folder = StoreOpening.Open(options, tables, time);
            return new SqliteStore(options, folder, tables, time);
        }
        catch (Exception e)
        {
            folder?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new StoreException($"The folder {options.Folder} cannot be used: {e.Message} Check the path and the rights of the hub's user.", e);
            throw;
        }
    }

    /// <summary>Records the store's measurements in this meter from now on.</summary>
    public void MeasureWith(Meter meter) => _turns.Metrics = new StoreMetrics(meter, _options.Folder);

    public ValueTask<bool> HasRoomAsync(CancellationToken cancel) => _turns.HasRoomAsync(cancel);

    public ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel) =>
        _turns.TakeAsync(() => _writer.Mark(_turns.TransactWithReserve(() => _writer.Acquire(hive, now))), cancel);

    public ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel) =>
        _turns.TakeAsync(() => _writer.Mark(_turns.Transact(() => _writer.Commit(tenure, batch))), cancel);

    public ValueTask<int> PruneEntitiesAsync(Tenure tenure, string kind, DateTimeOffset closedBefore, int limit, CancellationToken cancel) =>
        _turns.TakeAsync(() => _retention.PruneEntities(tenure, _tables[kind], closedBefore, limit), cancel);

    public ValueTask<int> PruneLogAsync(Tenure tenure, DateTimeOffset writtenBefore, int limit, CancellationToken cancel) =>
        _turns.TakeAsync(() => _retention.PruneLog(tenure, writtenBefore, limit), cancel);

    public ValueTask<int> RewriteLogAsync(Tenure tenure, IReadOnlyList<LogRow> rows, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return _turns.TakeAsync(() => _erasure.RewriteLog(tenure, rows), cancel);
    }

    public async ValueTask ScrubAsync(CancellationToken cancel) => await _turns.TakeAsync(_erasure.Scrub, cancel);

    public IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, CancellationToken cancel) => _entities.LoadOpenAsync(tenure, cancel);

    public ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel) =>
        _entities.GetAsync(hive, keys, cancel);

    public ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel) => _entities.QueryAsync(hive, query, cancel);

    public ValueTask<EntityPage> RangeAsync(string hive, EntityRange range, CancellationToken cancel) => _entities.RangeAsync(hive, range, cancel);

    public ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel) => _entities.CountAsync(hive, query, cancel);

    public ValueTask<IReadOnlyList<LogRow>> ReadLogAsync(string hive, long after, int maxRows, CancellationToken cancel) =>
        _log.ReadAsync(hive, after, maxRows, cancel);

    public ValueTask<LogExtent> GetLogExtentAsync(string hive, CancellationToken cancel) => _log.ExtentAsync(hive, cancel);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;

        // Writes and reads under way end first.
        await _turns.CloseAsync();
        _readers.Dispose();
        _writer.Dispose();
        _statements.Dispose();
        _folder.Dispose();
    }
}
