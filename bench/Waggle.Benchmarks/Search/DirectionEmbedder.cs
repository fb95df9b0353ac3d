using Microsoft.Extensions.AI;
using Waggle.Core.Ports;

namespace Waggle.Benchmarks.Search;

/// <summary>
/// Vectors of 384 numbers that a text alone determines, without a model, to fill a large index in seconds. Their directions mean nothing: they serve to measure
/// the search, never its quality.
/// </summary>
internal sealed class DirectionEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int Dimensions = 384;

    public static SearchEmbedder Embedder { get; } = new("directions", "directions", static () => new DirectionEmbedder())
    {
        IsSemantic = false,
        Dimensions = Dimensions,
        BatchSize = 256,
    };

    public static float[] VectorOf(string text)
    {
        var seed = text.Aggregate(17, static (hash, c) => unchecked((hash * 31) + c));
        var dice = new Random(seed);
        var vector = new float[Dimensions];
        for (var i = 0; i < vector.Length; i++) vector[i] = (dice.NextSingle() * 2) - 1;
        return vector;
    }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult<GeneratedEmbeddings<Embedding<float>>>([.. values.Select(v => new Embedding<float>(VectorOf(v)))]);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
