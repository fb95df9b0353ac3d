using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Memory;

/// <summary>Creates the views of entries and namespaces.</summary>
internal static class MemoryViews
{
    public static MemoryEntryView Of(MemoryEntity e) => new()
    {
        Namespace = e.Namespace,
        Key = e.Key,
        Swarm = e.Swarm,
        Version = e.Version,
        Bytes = e.Bytes,
        Sha256 = e.Sha256,
        Metadata = e.Metadata,
        CreatedAt = e.CreatedAt,
        UpdatedAt = e.UpdatedAt,
        UpdatedBy = e.UpdatedBy,
        ExpiresAt = e.ExpiresAt,
    };

    public static MemoryView Of(MemoryEntity e, RawJson value) => new()
    {
        Namespace = e.Namespace,
        Key = e.Key,
        Swarm = e.Swarm,
        Version = e.Version,
        Bytes = e.Bytes,
        Sha256 = e.Sha256,
        Metadata = e.Metadata,
        CreatedAt = e.CreatedAt,
        UpdatedAt = e.UpdatedAt,
        UpdatedBy = e.UpdatedBy,
        ExpiresAt = e.ExpiresAt,
        Value = value,
    };

    public static MemoryNamespaceView Of(MemoryNamespaceEntity n) => new()
    {
        Namespace = n.Namespace,
        Swarm = n.Swarm,
        Entries = n.Entries,
        Bytes = n.Bytes,
        CreatedAt = n.CreatedAt,
        UpdatedAt = n.UpdatedAt,
    };
}
