namespace Waggle.Core.Memory;

/// <summary>Converts records to entities. Pure.</summary>
internal static class MemoryEvolver
{
    /// <summary>Returns the entry without its content, which <see cref="Keep"/> adds.</summary>
    public static MemoryEntity Store(MemoryEntity? before, MemoryStored r, long offset, DateTimeOffset at) => new()
    {
        Seq = before?.Seq ?? offset,
        Namespace = r.Namespace,
        Key = r.Key,
        Swarm = r.Swarm,
        Version = offset,
        Bytes = r.Bytes,
        Sha256 = r.Sha256,
        CreatedAt = before?.CreatedAt ?? at,
        UpdatedAt = at,
        UpdatedBy = r.StoredBy,
        ExpiresAt = r.ExpiresAt,
    };

    public static MemoryEntity Keep(MemoryEntity entry, MemoryContentKept r) => entry with { Value = r.Value, Blob = r.Blob, Metadata = r.Metadata };

    public static MemoryNamespaceEntity Count(MemoryNamespaceEntity? before, MemoryStored r, long offset, DateTimeOffset at) => new()
    {
        Seq = before?.Seq ?? offset,
        Namespace = r.Namespace,
        Swarm = r.Swarm,
        Entries = (before?.Entries ?? 0) + (r.ReplacedBytes is null ? 1 : 0),
        Bytes = (before?.Bytes ?? 0) - (r.ReplacedBytes ?? 0) + r.Bytes,
        CreatedAt = before?.CreatedAt ?? at,
        UpdatedAt = at,
    };

    /// <summary>Returns the namespace without the ended entry; null if that was the last one.</summary>
    public static MemoryNamespaceEntity? Uncount(MemoryNamespaceEntity before, MemoryRecord ended, DateTimeOffset at) => before.Entries <= 1
        ? null
        : before with { Entries = before.Entries - 1, Bytes = before.Bytes - ended.Bytes, UpdatedAt = at };
}
