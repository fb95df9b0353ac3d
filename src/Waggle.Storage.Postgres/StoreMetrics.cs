using System.Diagnostics.Metrics;

namespace Waggle.Storage.Postgres;

/// <summary>The metrics of the store; docs/metrics.md explains each.</summary>
internal sealed class StoreMetrics(Meter meter)
{
    private static readonly InstrumentAdvice<double> Buckets =
        new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] };

    private readonly Histogram<double> _transaction =
        meter.CreateHistogram("waggle.store.transaction.duration", "s", "Time of a writing transaction, its sync included.", null, Buckets);

    public void Transacted(TimeSpan whole) => _transaction.Record(whole.TotalSeconds);
}
