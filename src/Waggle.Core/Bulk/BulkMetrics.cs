using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;

namespace Waggle.Core.Bulk;

/// <summary>The figures of bulks. The owner's loop writes them; any thread may read them.</summary>
internal sealed class BulkMetrics
{
    private long _open;
    private long _changed;
    private long _unchanged;
    private long _skipped;
    private long _failed;

    private BulkMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.bulks", () => Volatile.Read(ref _open), "{bulk}", "Bulks that have not ended.");
        meter.CreateObservableCounter("waggle.bulks.tasks", Read, "{task}", "Tasks that bulks handled, by outcome.");
    }

    public static BulkMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new BulkMetrics(metrics.Instruments));

    public void Report(in TurnReport turn, int open)
    {
        Volatile.Write(ref _open, open);
        foreach (var (data, _) in turn.Batch)
        {
            if (data is BulkProgressed { Batch: var batch }) Count(batch);
        }
    }

    private void Count(BulkCounts batch)
    {
        Volatile.Write(ref _changed, _changed + batch.Changed);
        Volatile.Write(ref _unchanged, _unchanged + batch.Unchanged);
        Volatile.Write(ref _skipped, _skipped + batch.Skipped);
        Volatile.Write(ref _failed, _failed + batch.Failed);
    }

    private Measurement<long>[] Read() =>
    [
        Of(ref _changed, "changed"), Of(ref _unchanged, "unchanged"), Of(ref _skipped, "skipped"), Of(ref _failed, "failed"),
    ];

    private static Measurement<long> Of(ref long value, string outcome) =>
        new(Volatile.Read(ref value), new KeyValuePair<string, object?>("outcome", outcome));
}
