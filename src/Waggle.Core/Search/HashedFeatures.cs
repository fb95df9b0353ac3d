using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;
using Waggle.Core.Ports;

namespace Waggle.Core.Search;

/// <summary>
/// Vectors from the words of a text and their parts of three to five characters, by feature hashing with signs (Weinberger et al., 2009). Equal texts have the
/// cosine 1, inflected or misspelt words remain similar, and synonyms do not meet: the vectors know no meaning. Thread-safe.
/// </summary>
internal sealed class HashedFeatures : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>
    /// The length of a vector. Two unrelated texts have a cosine of about 1/√512 = 0.04 by chance; more numbers cost memory for each entry.
    /// </summary>
    public const int Dimensions = 512;

    private const int ShortestPart = 3;
    private const int LongestPart = 5;

    // A whole word tells more than each of its parts.
    private const float WordWeight = 3;

    public static SearchEmbedder Embedder { get; } = new("lexical-hash-v1", "lexical-hash-v1", static () => new HashedFeatures())
    {
        IsSemantic = false,
        Dimensions = Dimensions,
        BatchSize = 64,
        MaxTextLength = EntryText.MaxLength,
    };

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult<GeneratedEmbeddings<Embedding<float>>>([.. values.Select(v => new Embedding<float>(VectorOf(v)))]);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static float[] VectorOf(string text)
    {
        var features = new Dictionary<uint, float>();
        foreach (var word in TextWords.Of(text))
        {
            if (TextWords.IsStopWord(word)) continue;
            Add(features, HashOf('w', word), WordWeight);
            var bounded = $"^{word}$";
            for (var length = ShortestPart; length <= LongestPart; length++)
            {
                for (var at = 0; at + length <= bounded.Length; at++) Add(features, HashOf('p', bounded.AsSpan(at, length)), 1);
            }
        }

        var vector = new float[Dimensions];
        foreach (var (hash, weight) in features)
        {
            // A feature that occurs often counts less each time.
            var value = 1 + MathF.Log(weight);
            vector[hash % Dimensions] += (hash & 0x8000_0000) == 0 ? value : -value;
        }

        return vector;
    }

    private static void Add(Dictionary<uint, float> features, uint hash, float weight) =>
        CollectionsMarshal.GetValueRefOrAddDefault(features, hash, out _) += weight;

    // FNV-1a, which is the same in every process.
    private static uint HashOf(char kind, ReadOnlySpan<char> text)
    {
        var hash = (2_166_136_261u ^ kind) * 16_777_619u;
        foreach (var c in text) hash = (hash ^ c) * 16_777_619u;
        return hash ^ (hash >> 15);
    }
}
