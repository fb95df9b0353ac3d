using Waggle.Core.Memory;
using Waggle.Protocol.Model;

namespace Waggle.Core.Search;

/// <summary>Creates the views of found entries.</summary>
internal static class SearchViews
{
    private const int ExcerptLength = 300;

    public static MemoryHit Of(MemoryEntity e, FusedHit hit, IReadOnlyList<string> words) => new()
    {
        Namespace = e.Namespace,
        Key = e.Key,
        Swarm = e.Swarm,
        Version = e.Version,
        Bytes = e.Bytes,
        Sha256 = e.Sha256,
        Metadata = e.Metadata,
        CreatedAt = e.CreatedAt,
        UpdatedAt = e.UpdatedAt,
        UpdatedBy = e.UpdatedBy,
        ExpiresAt = e.ExpiresAt,
        Score = hit.Hit.Cosine,
        Bm25 = hit.Hit.Bm25,
        WordRank = hit.WordRank,
        VectorRank = hit.VectorRank,
        Excerpt = e.Blob is null ? EntryText.Excerpt(EntryText.Of(e.Value), words, ExcerptLength) : null,
    };
}
