using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Search;

/// <summary>The search of one hive: the index, the embedder and how far they are. Thread-safe.</summary>
internal sealed class SearchService
{
    private readonly HiveReader _reader;
    private volatile Indexer? _indexer;

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

    /// <summary>Keeps the index up to date until the hive stops.</summary>
    public async Task RunAsync(ILogger log, CancellationToken stop)
    {
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
}
