using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Search;

/// <summary>The vector of a search, and the mode that the search has with it.</summary>
/// <param name="Took">The time of the embedder; null if it was not asked.</param>
/// <param name="Reduced">Why a hybrid search has become one by words only; null for any other.</param>
internal readonly record struct QueryVector(MemorySearchMode Mode, ReadOnlyMemory<float> Vector, TimeSpan? Took, string? Reduced, Error? Problem)
{
    public static async Task<QueryVector> OfAsync(SearchMemory query, SearchService search, TimeProvider time, CancellationToken cancel)
    {
        var mode = SearchRules.ModeOf(query);
        if (mode == MemorySearchMode.Lexical) return new(mode, default, null, null, null);
        var embedder = search.Embedder.Embedder;
        var dimensions = search.Status.State is { Dimensions: > 0 } state ? state.Dimensions : embedder.Dimensions;
        if (query.Vector is { } given)
        {
            return dimensions is { } length && given.Count != length
                ? new(mode, default, null, null, SearchRules.WrongLength(given.Count, length, embedder.Name))
                : new(mode, LazyEmbedder.Normalize([.. given]), null, null, null);
        }

        // Without one entry there is nothing to compare, and the model need not be loaded.
        if (search.Status.State is not { Entries: > 0 }) return new(mode, default, null, null, null);
        var started = time.GetTimestamp();
        try
        {
            var vector = await search.Embedder.QueryAsync(query.Text!, cancel);
            search.NoteQuery(null);
            return new(mode, vector, time.GetElapsedTime(started), null, null);
        }
        catch (EmbedderException e)
        {
            search.NoteQuery(e);
            return mode == MemorySearchMode.Hybrid && query.Threshold is null
                ? new(MemorySearchMode.Lexical, default, time.GetElapsedTime(started), e.Message, null)
                : new(mode, default, null, null, new(ErrorCodes.EmbedderFailed, $"{e.Message.TrimEnd('.')}. Search by words with mode lexical.", 1000));
        }
    }
}
