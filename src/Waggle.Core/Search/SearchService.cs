using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Search;

/// <summary>The search of one hive: the index, the embedder and how far they are. Thread-safe.</summary>
internal sealed partial class SearchService
{
    private readonly HiveReader _reader;
    private volatile Indexer? _indexer;
    private volatile ILogger _log = NullLogger.Instance;
    private bool _queriesFail;

    private SearchService(HiveReader reader, SearchParts parts)
    {
        _reader = reader;
        Index = parts.Index;
        Metrics = SearchMetrics.Of(reader.Metrics);
        Embedder = new LazyEmbedder(parts.Embedder ?? HashedFeatures.Embedder, reader.Time, Metrics);
        IndexEmbedder = new IndexEmbedder(Embedder.Embedder.Identity, Embedder.Embedder.Dimensions ?? 0);
        Status = new IndexStatus(Metrics);
    }

    public ISearchIndex Index { get; }

    public LazyEmbedder Embedder { get; }

    /// <summary>The embedder as the index is opened with it.</summary>
    public IndexEmbedder IndexEmbedder { get; }

    public IndexStatus Status { get; }

    public SearchMetrics Metrics { get; }

    /// <summary>Returns the search of the hive; null for a hive without one.</summary>
    public static SearchService? Of(HiveReader reader) =>
        reader.Search is null ? null : reader.Of(static r => new SearchService(r, r.Search!));

    /// <summary>Replaces a damaged index.</summary>
    public void Replace() => _indexer?.Replace();

    /// <summary>Notes the outcome of a query's vector. The log has the first of successive faults.</summary>
    public void NoteQuery(EmbedderException? fault)
    {
        if (Interlocked.Exchange(ref _queriesFail, fault is not null) || fault is null) return;
        LogQueryFailed(_log, Embedder.Embedder.Name, fault);
    }

    /// <summary>Keeps the index up to date until the hive stops.</summary>
    public async Task RunAsync(ILogger log, CancellationToken stop)
    {
        _log = log;
        var entries = new EntrySource(_reader);
        using var vectors = new VectorWriter(this, entries, _reader.Time, log);
        var indexer = new Indexer(_reader, Index, entries, IndexEmbedder, Status, vectors.Wake, log);
        _indexer = indexer;
        try
        {
            await Task.WhenAll(indexer.RunAsync(stop), vectors.RunAsync(stop));
        }
        finally
        {
            await Embedder.DisposeAsync();
        }
    }

    [LoggerMessage(58, LogLevel.Warning, "The embedder '{Embedder}' returned no vector for a query. The next faults are not logged until it does.")]
    private static partial void LogQueryFailed(ILogger logger, string embedder, Exception e);
}
