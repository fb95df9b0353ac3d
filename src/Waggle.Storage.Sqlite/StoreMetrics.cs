using System.Diagnostics.Metrics;

namespace Waggle.Storage.Sqlite;

/// <summary>The metrics of an embedded store; docs/metrics.md explains each.</summary>
internal sealed class StoreMetrics
{
    private static readonly InstrumentAdvice<double> Buckets =
        new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] };

    private readonly Histogram<double> _transaction;
    private readonly Histogram<double> _sync;

    public StoreMetrics(Meter meter, string folder)
    {
        ArgumentNullException.ThrowIfNull(meter);
        var file = Path.Combine(folder, SqliteStore.FileName);
        _transaction = meter.CreateHistogram("waggle.store.transaction.duration", "s", "Time of a writing transaction, its sync included.", null, Buckets);
        _sync = meter.CreateHistogram(
            "waggle.store.sync.duration", "s",
            "Time of a transaction's COMMIT: writing its pages to the write-ahead log and, with synchronous=FULL, waiting for the disk.", null, Buckets);
        meter.CreateObservableGauge("waggle.store.size", () => Length(file), "By", "Size of the database file.");
        meter.CreateObservableGauge("waggle.store.wal.size", () => Length(file + "-wal"), "By", "Size of the write-ahead log file.");
        meter.CreateObservableGauge("waggle.store.disk.free", () => Free(file), "By", "Free space on the disk of the data folder.");
    }

    internal void Transacted(TimeSpan whole, TimeSpan sync)
    {
        _transaction.Record(whole.TotalSeconds);
        _sync.Record(sync.TotalSeconds);
    }

    private static long Length(string file) => new FileInfo(file) is { Exists: true } info ? info.Length : 0;

    // If the system does not report the value, no figure is better than a wrong one.
    private static IEnumerable<Measurement<long>> Free(string file)
    {
        try
        {
            return [new(new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(file))!).AvailableFreeSpace)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
