using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The embedded store: one file, one writer, a few readers. The work is done on the caller's thread; what comes back is complete unless the caller had to wait for its turn.
/// Pages freed by pruning are used again for what comes next (the file does not shrink).
/// </summary>
public sealed partial class SqliteStore : IStore
{
    public const string FileName = "waggle.db";
    public const string MeterName = "Waggle.Storage";

    private readonly SqliteStoreOptions _options;
    private readonly FolderLock _folder;
    private readonly SqliteConnection _writer;
    private readonly ReaderPool _readers;
    private readonly Reserve _reserve;
    private readonly Growth _growth;
    private readonly HeadMarker _marker;
    private readonly OpenFiles _files;
    private readonly Dictionary<string, KindTable> _tables;
    private readonly Dictionary<string, EntityWriter> _writers;
    private readonly ConcurrentDictionary<string, long> _hives;
    private readonly WriterStatements _statements;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private StoreMetrics? _metrics;
    private int _closed;

    private SqliteStore(
        SqliteStoreOptions options, FolderLock folder, SqliteConnection writer, HeadMarker marker, IReadOnlyList<KindTable> tables, TimeProvider time)
    {
        (_options, _folder, _writer, _marker) = (options, folder, writer, marker);
        _tables = tables.ToDictionary(table => table.Kind.Name, StringComparer.Ordinal);
        _writers = tables.ToDictionary(table => table.Kind.Name, table => new EntityWriter(writer, table), StringComparer.Ordinal);
        _statements = new WriterStatements(writer);
        _hives = WriterStatements.ReadHives(writer);
        _growth = new Growth(writer);
        _reserve = new Reserve(writer, options.Folder, options, time);
        _reserve.TryTake();
        _files = new OpenFiles(options.Folder);
        _readers = new ReaderPool(Path.Combine(options.Folder, FileName), options, _files);
    }

    /// <summary>The SQLite that this process runs on. Asking loads it.</summary>
    public static SqliteLibrary Library => NativeSqlite.Library;

    /// <summary>Whether the folder and its files are still those that were opened; the text names no path.</summary>
    public string? Fault => _files.Missing() is { } path ? $"{Path.GetFileName(path)} in the data folder was removed or replaced while the hub runs" : null;

    /// <summary>Tells its figures from now on.</summary>
    public void MeasureWith(Meter meter) => _metrics = new StoreMetrics(meter, _options.Folder);

    private KindTable Table(string kind) =>
        _tables.TryGetValue(kind, out var table) ? table : throw new ArgumentException($"The kind '{kind}' was not declared when the store was opened.", nameof(kind));

    private ObjectDisposedException? Closed => Volatile.Read(ref _closed) == 0 ? null : new ObjectDisposedException(nameof(SqliteStore));

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;

        // Whoever writes or reads ends first. The lock on the folder goes last: when it is free, the files are at rest.
        await _writing.WaitAsync();
        _readers.Dispose();
        foreach (var writer in _writers.Values)
            writer.Dispose();
        _statements.Dispose();
        _writer.Dispose();
        _marker.Dispose();
        _folder.Dispose();
        _writing.Release();
    }
}
