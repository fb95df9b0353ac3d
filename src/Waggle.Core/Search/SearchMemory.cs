using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Search;

/// <summary>
/// Searches memory entries by words, by vector, or by both. Only entries that the principal reaches are searched. The index follows the log at some distance;
/// the answer shows it.
/// </summary>
/// <example>
/// <code>
/// Outcome&lt;MemorySearchResult&gt; found = await hive.QueryAsync(new SearchMemory("how do we deploy") { Namespace = "notes", By = principal }, cancel);
/// </code>
/// </example>
/// <param name="Text">The query; null for a search by <see cref="Vector"/> alone.</param>
public sealed record SearchMemory(string? Text) : Query<MemorySearchResult>
{
    /// <summary>The greatest number of results where none is given.</summary>
    public const int StandardLimit = 10;

    // Entries beyond the limit that replace those whose indexed version is no longer the stored one, and that give the fusion of both lists its depth.
    private const int LeastDepth = 50;

    private const int MostWords = 32;

    // Right after its start, a hub may still be opening the index.
    private static readonly TimeSpan OpeningPatience = TimeSpan.FromSeconds(5);

    /// <summary>The vector of the query, of the embedder's length; null for the vector of <see cref="Text"/>.</summary>
    public IReadOnlyList<float>? Vector { get; init; }

    /// <summary>The only namespace to search; null for all that the principal reaches.</summary>
    public string? Namespace { get; init; }

    /// <summary>The swarm of the namespace, or of all namespaces to search; null for a shared namespace, or for no limit to one swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>The beginning of the keys to search within the namespace.</summary>
    public string? Prefix { get; init; }

    /// <summary>The greatest number of results, 1 to 100.</summary>
    public int Limit { get; init; } = StandardLimit;

    /// <summary>The least cosine of a result, 0 to 1; null for none.</summary>
    public double? Threshold { get; init; }

    /// <summary>The mode; null for hybrid, or for vector if there is no text.</summary>
    public MemorySearchMode? Mode { get; init; }

    internal override async Task<Outcome<MemorySearchResult>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var started = reader.Time.GetTimestamp();
        if (SearchRules.Refusal(this) is { } refusal) return new(null, refusal, reader.Head);
        if (SearchService.Of(reader) is not { } search)
            return new(null, new(ErrorCodes.NotAvailable, "This hub has no search: its store has no search index."), reader.Head);
        var head = reader.Head;
        var (result, problem) = await AnswerAsync(reader, search, cancel);
        if (result is null) return new(null, problem, head);
        var took = reader.Time.GetElapsedTime(started);
        search.Metrics.Searched(result.Mode.ToString().ToLowerInvariant(), took);
        return new(result with { TookMs = took.TotalMilliseconds }, null, head);
    }

    private async Task<(MemorySearchResult? Result, Error? Problem)> AnswerAsync(HiveReader reader, SearchService search, CancellationToken cancel)
    {
        try
        {
            await search.Status.Opened.WaitAsync(OpeningPatience, reader.Time, cancel);
            var query = await QueryVector.OfAsync(this, search, reader.Time, cancel);
            if (query.Problem is { } problem) return (null, problem);
            var words = query.Mode == MemorySearchMode.Vector ? [] : TextWords.OfQuery(Text!, MostWords);
            var groups = SearchRules.GroupsOf(this, await search.Index.ReadGroupsAsync(cancel));
            var hits = await search.Index.FindAsync(
                new IndexQuery(
                    query.Mode == MemorySearchMode.Vector ? null : words,
                    query.Mode == MemorySearchMode.Lexical || query.Vector.Length == 0 ? (ReadOnlyMemory<float>?)null : query.Vector,
                    groups,
                    Namespace is null || string.IsNullOrEmpty(Prefix) ? null : MemoryEntity.IdOf(Swarm, Namespace, Prefix),
                    (float?)Threshold,
                    Math.Max(LeastDepth, 2 * Limit),
                    reader.Now),
                cancel);
            var results = await ReadAsync(reader, RankFusion.Of(hits), words, cancel);
            return (ResultOf(search, query, hits, results, reader.Head), null);
        }
        catch (TimeoutException)
        {
            var reason = search.Status.Read(reader.Head, counts: false).Problem;
            return (null, new(ErrorCodes.StoreUnavailable, $"The search index is not open yet. {reason}".TrimEnd(), 1000));
        }
        catch (StoreCorruptException)
        {
            search.Replace();
            return (null, new(ErrorCodes.StoreUnavailable, "The search index is damaged and is being filled again; search later.", 1000));
        }
        catch (StoreException e)
        {
            return (null, new(ErrorCodes.StoreUnavailable, $"The search index could not be read: {e.ForClients}", 1000));
        }
    }

    private MemorySearchResult ResultOf(SearchService search, QueryVector query, IndexHits hits, IReadOnlyList<MemoryHit> results, Position head)
    {
        var embedder = search.Embedder.Embedder;
        var isVector = query.Mode != MemorySearchMode.Lexical;
        return new MemorySearchResult
        {
            Results = results,
            Mode = query.Mode,
            ScoreKind = isVector ? embedder.IsSemantic ? "cosine" : "lexical_cosine" : "bm25",
            Embedder = isVector ? embedder.Name : null,
            Semantic = isVector && embedder.IsSemantic,
            BelowThreshold = hits.Below,
            BestBelow = hits.BestBelow,
            TookMs = 0,
            EmbeddingMs = query.Took?.TotalMilliseconds,
            Reduced = query.Reduced,
            Index = search.Status.Read(head, counts: By is { Swarms: null, Namespaces: null }),
        };
    }

    // The store is the truth: an entry that was replaced or ended after it was indexed is no result.
    private async Task<IReadOnlyList<MemoryHit>> ReadAsync(
        HiveReader reader, IReadOnlyList<FusedHit> hits, IReadOnlyList<string> words, CancellationToken cancel)
    {
        var found = new List<MemoryHit>(Limit);
        for (var from = 0; from < hits.Count && found.Count < Limit; from += Limit)
        {
            var slice = hits.Skip(from).Take(Limit).ToArray();
            var stored = await reader.GetAsync([.. slice.Select(h => new EntityKey(MemoryEntity.Entity.Name, h.Hit.Id))], cancel);
            var entries = stored.Select(s => reader.Parse(s, MemoryFeature.Entries)).OfType<MemoryEntity>().ToDictionary(e => e.Id, StringComparer.Ordinal);
            foreach (var hit in slice)
            {
                if (found.Count == Limit || !entries.TryGetValue(hit.Hit.Id, out var entry)) continue;
                if (entry.Version == hit.Hit.Version && !entry.HasExpired(reader.Now)) found.Add(SearchViews.Of(entry, hit, words));
            }
        }

        return found;
    }
}
