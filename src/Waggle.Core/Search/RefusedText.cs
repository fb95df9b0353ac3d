namespace Waggle.Core.Search;

/// <summary>The vector of a text that the embedder refuses or fails on, for example because it has more tokens than the model takes.</summary>
internal static class RefusedText
{
    // Any model takes so many characters, so a shorter beginning is refused for another reason than its length.
    private const int ShortestPart = 100;

    private const string OrdinaryText = "text";

    /// <summary>Returns the vector of the longest beginning, by halves, that the embedder takes; empty if it takes none of them.</summary>
    /// <param name="isAnyFault">Whether any failure counts as a refusal of the text, and not only an answer that names the text as the fault.</param>
    /// <exception cref="EmbedderException">The embedder failed, or refuses every text.</exception>
    public static async Task<ReadOnlyMemory<float>> EmbedAsync(LazyEmbedder embedder, string text, bool isAnyFault, CancellationToken cancel)
    {
        // A service that fails on every text is down, and the text is not its fault.
        if (isAnyFault) await embedder.BatchAsync([OrdinaryText], cancel);
        for (var length = Math.Min(text.Length, embedder.Embedder.MaxTextLength) / 2; length >= ShortestPart; length /= 2)
        {
            try
            {
                return (await embedder.BatchAsync([EntryText.Cut(text, length)], cancel))[0];
            }
            catch (EmbedderException e) when (isAnyFault || e.RefusesText)
            {
                // The next half.
            }
        }

        // An embedder that refuses this, too, is not set up for any text. The entry then keeps waiting.
        await embedder.BatchAsync([OrdinaryText], cancel);
        return default;
    }
}
