using Microsoft.Extensions.AI;

namespace Waggle.Core.Ports;

/// <summary>The parts of a hive's search.</summary>
/// <param name="Index">The index. The hive's owner disposes it after the hive.</param>
public sealed record SearchParts(ISearchIndex Index)
{
    /// <summary>The embedder; null for hashed features of words and characters, which need no model and do not know meaning.</summary>
    public SearchEmbedder? Embedder { get; init; }

    /// <summary>The index of tasks; null for a hive without a search of tasks. The hive's owner disposes it after the hive.</summary>
    public ITaskIndex? Tasks { get; init; }
}

/// <summary>A generator of vectors from texts, which the hive opens when it needs the first vector and never at its start.</summary>
/// <param name="Name">The name that answers show, for example <c>minilm</c>.</param>
/// <param name="Identity">The identity of the vectors. Vectors of two identities are never compared, so it names the model and where it runs.</param>
/// <param name="Open">Creates the generator. The hive calls it on a thread of the pool, and disposes the generator at its end.</param>
public sealed record SearchEmbedder(string Name, string Identity, Func<IEmbeddingGenerator<string, Embedding<float>>> Open)
{
    /// <summary>Whether near vectors mean texts of near meaning.</summary>
    public bool IsSemantic { get; init; } = true;

    /// <summary>The length of the vectors; null if only the first vector shows it.</summary>
    public int? Dimensions { get; init; }

    /// <summary>The greatest number of texts in one call of the generator.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The longest text in characters that the generator gets; a longer text is cut.</summary>
    public int MaxTextLength { get; init; } = 8_000;

    /// <summary>The greatest number of queries that call the generator at once. One batch of the index may call it beside them.</summary>
    public int MaxConcurrentQueries { get; init; } = 1;

    /// <summary>The longest time that a search waits for the vector of its query, with the opening of the generator and the wait for other queries.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
