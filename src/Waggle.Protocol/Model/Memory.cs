using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>An entry of a memory namespace as it is shown in lists and after a put: all of it but the value.</summary>
public record MemoryEntryView
{
    public required string Namespace { get; init; }
    public required string Key { get; init; }

    /// <summary>The swarm to which the namespace belongs; null if the whole hive shares it.</summary>
    public string? Swarm { get; init; }

    /// <summary>A number that grows with every put of the key and is never used again, also after a deletion. Two puts are not one apart.</summary>
    public required long Version { get; init; }

    /// <summary>The length of the value's JSON text in bytes of UTF-8.</summary>
    public required long Bytes { get; init; }

    /// <summary>The SHA-256 of the value's JSON text, 64 hexadecimal digits in lower case.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The names and texts that the writer stored together with the value.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The subject, or the agent, that put this version.</summary>
    public required string UpdatedBy { get; init; }

    /// <summary>The time at which the entry expires; null for an entry without a time to live.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether the put created the entry. False in later reads.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Created { get; init; }

    /// <summary>Whether this is the answer to an earlier put with the same idempotency key. The entry may have changed since.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Duplicate { get; init; }
}

/// <summary>An entry with its value.</summary>
public sealed record MemoryView : MemoryEntryView
{
    /// <summary>The value as it was put, byte for byte. JSON null is a value as any other.</summary>
    public required RawJson Value { get; init; }
}

/// <summary>A memory namespace. It exists while it has entries.</summary>
public sealed record MemoryNamespaceView
{
    public required string Namespace { get; init; }

    /// <summary>The swarm to which it belongs; null if the whole hive shares it.</summary>
    public string? Swarm { get; init; }

    public required long Entries { get; init; }

    /// <summary>The total length of the values in bytes, which the quotas limit.</summary>
    public required long Bytes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The last put, deletion or expiry.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
