using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>A message about one memory namespace.</summary>
public abstract record MemoryMessage : ClientMessage
{
    public required string Namespace { get; init; }

    /// <summary>The swarm to which the namespace belongs; null if the whole hive shares it.</summary>
    public string? Swarm { get; init; }
}

public sealed record MemoryPut : MemoryMessage
{
    public override string Type => "memory.put";

    public required string Key { get; init; }

    /// <summary>Any JSON value, including null.</summary>
    public required RawJson Value { get; init; }

    /// <summary>The version that the entry must have now; 0 requires that there is none. The default replaces any version.</summary>
    public long? IfVersion { get; init; }

    /// <summary>The time in milliseconds after which the entry expires, 1 to 315,360,000,000 (ten years); null if it does not expire.</summary>
    public long? TtlMs { get; init; }

    /// <summary>At most 32 names and texts, which readers and lists receive together with the value.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// The idempotency key: a repeated put of the same caller with the same key changes nothing and gets the answer to the first one, for at least a day.
    /// </summary>
    public string? IdempotencyKey { get; init; }
}

public sealed record MemoryGet : MemoryMessage
{
    public override string Type => "memory.get";

    public required string Key { get; init; }
}

public sealed record MemoryList : MemoryMessage
{
    public override string Type => "memory.list";

    /// <summary>Only keys that begin so.</summary>
    public string? Prefix { get; init; }

    /// <summary>From the reply before: the page after it.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

public sealed record MemoryDelete : MemoryMessage
{
    public override string Type => "memory.delete";

    public required string Key { get; init; }

    /// <summary>The version that the entry must have now. Left out: any.</summary>
    public long? IfVersion { get; init; }
}

/// <summary>Searches entries by words, by vector, or by both.</summary>
public sealed record MemorySearch : ClientMessage
{
    public override string Type => "memory.search";

    /// <summary>The text to search for, at most 4,000 characters. Left out: a vector is required.</summary>
    public string? Query { get; init; }

    /// <summary>The vector to search for, of the embedder's length. Left out: that of the query.</summary>
    public IReadOnlyList<float>? Vector { get; init; }

    /// <summary>Only this namespace. Left out: all that the principal reaches.</summary>
    public string? Namespace { get; init; }

    /// <summary>The swarm of the namespace; without a namespace, only the namespaces of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>Only keys of the namespace that begin so.</summary>
    public string? Prefix { get; init; }

    /// <summary>1 to 100, default 10.</summary>
    public int? Limit { get; init; }

    /// <summary>The least cosine of a result, 0 to 1. Left out: none.</summary>
    public double? Threshold { get; init; }

    /// <summary>Left out: hybrid, or vector without a query.</summary>
    public MemorySearchMode? Mode { get; init; }
}

/// <summary>The namespaces that the principal reaches.</summary>
public sealed record MemoryNamespaces : ClientMessage
{
    public override string Type => "memory.namespaces";

    /// <summary>Only those of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>From the reply before: the page after it.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}
