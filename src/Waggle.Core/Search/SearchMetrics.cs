using System.Diagnostics.Metrics;
using Waggle.Core.Kernel.Metrics;

namespace Waggle.Core.Search;

/// <summary>The figures of the search. Thread-safe.</summary>
internal sealed class SearchMetrics
{
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Histogram<double>? _queries;
    private readonly Histogram<double>? _embeddings;
    private long _embedded;
    private long _failures;
    private long _setAside;
    private Func<long> _entries = static () => 0;
    private Func<long> _pendingVectors = static () => 0;
    private Func<long> _pendingChanges = static () => 0;

    private SearchMetrics(Meter? meter)
    {
        if (meter is null) return;
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds };
        _queries = meter.CreateHistogram("waggle.search.query.duration", "s", "Time of a search, with the vector of its query, by mode.", null, buckets);
        _embeddings = meter.CreateHistogram("waggle.search.embedding.duration", "s", "Time of one call of the embedder, for one or more texts.", null, buckets);
        meter.CreateObservableCounter("waggle.search.embeddings", () => Volatile.Read(ref _embedded), "{text}", "Texts whose vector was computed.");
        meter.CreateObservableCounter("waggle.search.embedder.failures", () => Volatile.Read(ref _failures), "{call}", "Failed calls of the embedder.");
        meter.CreateObservableCounter("waggle.search.set_aside", () => Volatile.Read(ref _setAside), "{entry}",
            "Entries that got no vector, because the embedder refused or failed on their text.");
        meter.CreateObservableGauge("waggle.search.entries", () => _entries(), "{entry}", "Memory entries in the search index.");
        meter.CreateObservableGauge(
            "waggle.search.pending.changes", () => _pendingChanges(), "{record}", "Changes of memory that the search index does not have yet.");
        meter.CreateObservableGauge("waggle.search.pending.vectors", () => _pendingVectors(), "{entry}", "Indexed entries that wait for their vector.");
    }

    public static SearchMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new SearchMetrics(metrics.Instruments));

    public void Watch(Func<long> entries, Func<long> pendingVectors, Func<long> pendingChanges) =>
        (_entries, _pendingVectors, _pendingChanges) = (entries, pendingVectors, pendingChanges);

    public void Searched(string mode, TimeSpan took) => _queries?.Record(took.TotalSeconds, new KeyValuePair<string, object?>("mode", mode));

    public void Embedded(int texts, TimeSpan took)
    {
        Interlocked.Add(ref _embedded, texts);
        _embeddings?.Record(took.TotalSeconds);
    }

    public void SetAside() => Interlocked.Increment(ref _setAside);

    public void EmbedderFailed() => Interlocked.Increment(ref _failures);
}
