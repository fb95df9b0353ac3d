using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Memory;

/// <summary>A change of a memory entry. No record contains a value or metadata; a reader of the record asks for the entry.</summary>
public abstract record MemoryRecord : RecordData
{
    [JsonIgnore]
    public override string Topic => field ??= $"memory.{Namespace}";

    public required string Namespace { get; init; }
    public required string Key { get; init; }

    /// <summary>The version of the stored or ended entry.</summary>
    public required long Version { get; init; }

    /// <summary>The length of that entry's value, in bytes.</summary>
    public required long Bytes { get; init; }

    [JsonIgnore]
    internal string Id => MemoryEntity.IdOf(Swarm, Namespace, Key);
}

public sealed record MemoryStored : MemoryRecord
{
    [JsonIgnore]
    public override string Kind => "memory_stored";

    public required string Sha256 { get; init; }

    /// <summary>The length of the replaced value, in bytes; null for a new entry.</summary>
    public long? ReplacedBytes { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public required string StoredBy { get; init; }
}

public sealed record MemoryDeleted : MemoryRecord
{
    [JsonIgnore]
    public override string Kind => "memory_deleted";

    public required string DeletedBy { get; init; }
}

/// <summary>The time to live of an entry ended.</summary>
public sealed record MemoryExpired : MemoryRecord
{
    [JsonIgnore]
    public override string Kind => "memory_expired";

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The idempotency key of a put, with its answer. It is neither logged nor published; the commit of the record stores it.</summary>
internal sealed record MemoryPutKept(string Id, string Request, MemoryEntryView Entry) : InternalData;

/// <summary>The content of an entry. It is neither logged nor published; the commit of the record stores it with the entry.</summary>
internal sealed record MemoryContentKept(string Id, RawJson Value, string? Blob, IReadOnlyDictionary<string, string>? Metadata) : InternalData;
