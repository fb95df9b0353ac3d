using Waggle.Protocol;

namespace Waggle.Core.Ports;

/// <summary>
/// An index of texts by words and by vectors, which follows a hive's log. It holds nothing that the store does not have, so it may be deleted at any time, and
/// the hive fills it again. One writer and any number of readers use it at once. Every method throws <see cref="StoreException"/>, and
/// <see cref="StoreCorruptException"/> for a damaged index, which <see cref="RecreateAsync"/> replaces.
/// </summary>
public interface ISearchIndex : IAsyncDisposable
{
    /// <summary>
    /// Opens the index, or creates an empty one. The call precedes all others and may be repeated. Vectors of another embedder than the given one are deleted.
    /// </summary>
    ValueTask<IndexState> OpenAsync(IndexEmbedder embedder, CancellationToken cancel);

    /// <summary>Deletes the index and creates an empty one.</summary>
    ValueTask<IndexState> RecreateAsync(IndexEmbedder embedder, CancellationToken cancel);

    /// <summary>Removes what replaced and removed entries left behind in the files of the index. Writes wait meanwhile.</summary>
    ValueTask ScrubAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>Writes changes and the progress that they make, all or nothing.</summary>
    ValueTask<IndexState> WriteAsync(IndexChanges changes, CancellationToken cancel);

    /// <summary>
    /// Names the embedder whose vectors follow. If the index has vectors of another one, or of another length, it deletes them, and all entries wait for a
    /// vector.
    /// </summary>
    ValueTask<IndexState> UseEmbedderAsync(IndexEmbedder embedder, CancellationToken cancel);

    /// <summary>Returns entries that wait for a vector, oldest first.</summary>
    ValueTask<IReadOnlyList<PendingEntry>> ReadPendingAsync(int limit, CancellationToken cancel);

    /// <summary>Writes vectors of the named embedder. A vector for another version than the indexed one is passed over.</summary>
    ValueTask<IndexState> WriteVectorsAsync(IReadOnlyList<IndexVector> vectors, CancellationToken cancel);

    /// <summary>Returns the groups that have entries, see <see cref="IndexEntry.Group"/>.</summary>
    ValueTask<IReadOnlyList<string>> ReadGroupsAsync(CancellationToken cancel);

    ValueTask<IndexHits> FindAsync(IndexQuery query, CancellationToken cancel);
}

/// <param name="Identity">The identity of the embedder. Vectors of two identities are never in the index together.</param>
/// <param name="Dimensions">The length of its vectors; 0 while it is unknown.</param>
public sealed record IndexEmbedder(string Identity, int Dimensions);

/// <param name="Progress">How far the index has come; null for a new one.</param>
/// <param name="Entries">The number of indexed entries.</param>
/// <param name="Pending">The number of them that wait for a vector.</param>
/// <param name="Dimensions">The length of the vectors; 0 while it is unknown.</param>
public sealed record IndexState(IndexProgress? Progress, long Entries, long Pending, int Dimensions);

/// <param name="At">The position of the log up to which the index has all changes, once the rebuild is complete.</param>
/// <param name="Cursor">The last entry that a rebuild has read; null when no rebuild is under way.</param>
public sealed record IndexProgress(Position At, string? Cursor);

/// <summary>A batch for the index. An entry that is there already is replaced; a removed one need not exist.</summary>
public sealed record IndexChanges(IReadOnlyList<IndexEntry> Put, IReadOnlyList<string> Removed, IndexProgress Progress);

/// <param name="Id">The id: <paramref name="Group"/>, a slash, and the key.</param>
/// <param name="Group">The part that queries select entries by.</param>
/// <param name="Version">The version of the indexed text.</param>
/// <param name="ExpiresAt">The time from which no query finds the entry; null for none.</param>
/// <param name="Notes">Further words of the entry, for the search by words only.</param>
public sealed record IndexEntry(string Id, string Group, long Version, DateTimeOffset? ExpiresAt, string Key, string Text, string Notes);

public readonly record struct PendingEntry(long Number, string Id, long Version);

/// <param name="Number">The number from <see cref="PendingEntry"/>.</param>
/// <param name="Values">The vector, of length 1; empty for a text that has none.</param>
public readonly record struct IndexVector(long Number, long Version, ReadOnlyMemory<float> Values);

/// <param name="Terms">The words of a text of which an entry has at least one; null for no search by words.</param>
/// <param name="Vector">The vector, of length 1, by whose cosine entries are found; null for no search by vectors.</param>
/// <param name="Groups">The only groups to search; null for all.</param>
/// <param name="Prefix">The beginning of the ids to search; null for all ids.</param>
/// <param name="Threshold">The least cosine, 0 to 1, of an entry; a negative cosine counts as 0. Null for any.</param>
/// <param name="Limit">The greatest number of hits by words, and of hits by vectors.</param>
/// <param name="Now">The time at which entries must not have expired.</param>
public sealed record IndexQuery(
    IReadOnlyList<string>? Terms,
    ReadOnlyMemory<float>? Vector,
    IReadOnlyList<string>? Groups,
    string? Prefix,
    float? Threshold,
    int Limit,
    DateTimeOffset Now);

/// <param name="ByWords">The hits by words, best first.</param>
/// <param name="ByVector">The hits by vector, best first.</param>
/// <param name="Below">The number of entries that the threshold excluded.</param>
/// <param name="BestBelow">The greatest cosine among them, 0 to 1; null if there are none.</param>
public sealed record IndexHits(IReadOnlyList<IndexHit> ByWords, IReadOnlyList<IndexHit> ByVector, long Below, float? BestBelow);

/// <param name="Cosine">The cosine of query and entry, 0 to 1; null if one of them has no vector.</param>
/// <param name="Bm25">The relevance by words, greater is better; null for a hit by vector.</param>
/// <param name="Coverage">The share of the query's terms that a hit by words has, 0 to 1, where a rare term weighs more; null in a search without a
/// vector.</param>
public sealed record IndexHit(string Id, long Version, float? Cosine, double? Bm25, double? Coverage = null);
