using System.Globalization;
using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Json;

namespace Waggle.Core.Memory;

/// <summary>
/// A value under a namespace and a key. It is cold: closed from the start, so that no restart loads it, and deleted with the commit that ends it.
/// </summary>
public sealed record MemoryEntity
{
    /// <summary>The index column with the time at which an entry ends, as text in the order of time.</summary>
    internal const string DueColumn = "due";

    /// <summary>The index column by which the sweep finds whether an entry refers to a blob.</summary>
    internal const string BlobColumn = "blob";

    public static EntityKind Entity { get; } = new("memory", [DueColumn, BlobColumn]);

    /// <summary>The version of the stored form.</summary>
    public int V { get; init; } = 1;

    /// <summary>The offset of the record that created the entry.</summary>
    public required long Seq { get; init; }
    public required string Namespace { get; init; }
    public required string Key { get; init; }
    public string? Swarm { get; init; }

    /// <summary>The offset of the record of its last put.</summary>
    public required long Version { get; init; }
    public required long Bytes { get; init; }
    public required string Sha256 { get; init; }

    /// <summary>The value; null if it is in a blob, or is JSON null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Value { get; init; }

    /// <summary>The blob of a value that is too long for a row.</summary>
    public string? Blob { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string UpdatedBy { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    [JsonIgnore]
    public string Id => IdOf(Swarm, Namespace, Key);

    public bool HasExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>
    /// Returns the id of an entry. The parts contain no '/', so ids are unique, and the ids of a namespace are adjacent in the order of keys.
    /// </summary>
    internal static string IdOf(string? swarm, string ns, string key) => $"{swarm}/{ns}/{key}";

    internal static EntityKey KeyOf(string? swarm, string ns, string key) => new(Entity.Name, IdOf(swarm, ns, key));

    internal static string DueText(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
}

/// <summary>The counters of a namespace, which change in the commits of its entries. It exists while it has entries, and stays in memory.</summary>
public sealed record MemoryNamespaceEntity
{
    public static EntityKind Entity { get; } = new("memory_namespace", []);

    public int V { get; init; } = 1;
    public required long Seq { get; init; }
    public required string Namespace { get; init; }
    public string? Swarm { get; init; }
    public required long Entries { get; init; }
    public required long Bytes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public string Id => IdOf(Swarm, Namespace);

    internal static string IdOf(string? swarm, string ns) => $"{swarm}/{ns}";
}
