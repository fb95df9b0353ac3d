using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>What a search compares.</summary>
[JsonConverter(typeof(SnakeCaseEnum<MemorySearchMode>))]
public enum MemorySearchMode
{
    /// <summary>Words, ranked by bm25.</summary>
    Lexical,

    /// <summary>Vectors, ranked by their cosine.</summary>
    Vector,

    /// <summary>Both, with the two ranks of an entry fused.</summary>
    Hybrid,
}

/// <summary>The answer to a search of memory.</summary>
public sealed record MemorySearchResult
{
    /// <summary>The entries, best first. Each was read from the store after the search, so it was there with this version.</summary>
    public required IReadOnlyList<MemoryHit> Results { get; init; }

    /// <summary>
    /// The mode of the search. It is <see cref="MemorySearchMode.Lexical"/> for a hybrid search whose embedder failed, see <see cref="Reduced"/>.
    /// </summary>
    public required MemorySearchMode Mode { get; init; }

    /// <summary>
    /// <c>cosine</c>: scores are cosines of an embedder that knows meaning. <c>lexical_cosine</c>: cosines of hashed words and characters. <c>bm25</c>: the
    /// search was by words only, and results have no score but <see cref="MemoryHit.Bm25"/>.
    /// </summary>
    public required string ScoreKind { get; init; }

    /// <summary>The embedder of the vectors; null for a search by words only.</summary>
    public string? Embedder { get; init; }

    /// <summary>Whether entries of near meaning were found without a common word.</summary>
    public required bool Semantic { get; init; }

    /// <summary>The number of searched entries whose cosine was below the threshold; 0 without a threshold.</summary>
    public required long BelowThreshold { get; init; }

    /// <summary>The greatest cosine below the threshold; null if no entry was below it.</summary>
    public float? BestBelow { get; init; }

    /// <summary>The measured time of the search in the hub, in milliseconds, with the vector of the query.</summary>
    public required double TookMs { get; init; }

    /// <summary>The part of it that the embedder took; null if the search used none.</summary>
    public double? EmbeddingMs { get; init; }

    /// <summary>Why a hybrid search was by words only; null for any other.</summary>
    public string? Reduced { get; init; }

    /// <summary>How far the searched index was.</summary>
    public required SearchIndexView Index { get; init; }
}

/// <summary>An entry that a search found. Its value is read by its key.</summary>
public sealed record MemoryHit : MemoryEntryView
{
    /// <summary>The cosine of query and entry, 0 to 1 (a negative one is 0); null if the entry has no vector yet, or for a search by words only.</summary>
    public float? Score { get; init; }

    /// <summary>The relevance by words. It is greater for a better match and has no fixed scale. Null if the entry was not found by words.</summary>
    public double? Bm25 { get; init; }

    /// <summary>The place among the entries found by words, from 1; null if the entry was not found by words.</summary>
    public int? WordRank { get; init; }

    /// <summary>The place among the entries found by vector, from 1; null if the entry was not found by vector.</summary>
    public int? VectorRank { get; init; }

    /// <summary>Up to 300 characters of the value's text around the first found word; null for a value over 32 KiB.</summary>
    public string? Excerpt { get; init; }
}

/// <summary>
/// How far the search index is behind the stored entries. The counts are those of the whole hive, so a principal that is limited to swarms or namespaces does
/// not get them.
/// </summary>
public sealed record SearchIndexView
{
    /// <summary>The position up to which the index has every change of memory; null while it is being filled.</summary>
    public Position? Position { get; init; }

    /// <summary>The indexed entries; null for a limited principal.</summary>
    public long? Entries { get; init; }

    /// <summary>The changes that wait to be indexed; null for a limited principal.</summary>
    public long? PendingChanges { get; init; }

    /// <summary>The indexed entries that wait for their vector: they are found by words only. Null for a limited principal.</summary>
    public long? PendingVectors { get; init; }

    /// <summary>The progress of a rebuild; null if none is under way, and for a limited principal.</summary>
    public IndexRebuildView? Rebuild { get; init; }

    /// <summary>What keeps the index from following; null if nothing does.</summary>
    public string? Problem { get; init; }
}

/// <param name="Done">The stored entries that the index has already.</param>
/// <param name="Total">The stored entries at the beginning of the rebuild.</param>
public sealed record IndexRebuildView(long Done, long Total);
