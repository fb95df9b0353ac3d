using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol;

namespace Waggle.Core.Memory;

/// <summary>
/// Checks the limits of a namespace, a swarm and the hive. A put that adds no bytes passes, so a writer can shrink entries under a lowered quota.
/// </summary>
internal static class MemoryQuota
{
    /// <param name="bytes">The bytes of the new value less those of the replaced one.</param>
    /// <param name="isNew">Whether the put adds an entry.</param>
    public static Error? Problem(IHiveView view, HiveOptions options, string? swarm, string ns, long bytes, bool isNew)
    {
        var there = view.MemoryNamespace(swarm, ns);
        if (there is null && view.MemoryNamespaceCount >= options.MaxMemoryNamespaces)
            return Over($"The hive has {view.MemoryNamespaceCount} memory namespaces, as many as it may.");
        if (isNew && there?.Entries >= options.MaxMemoryEntries)
            return Over($"Memory namespace '{ns}' has {there.Entries} entries, as many as one may.");
        if (bytes <= 0) return null;
        if ((there?.Bytes ?? 0) + bytes > options.MemoryNamespaceQuota)
            return Over($"Memory namespace '{ns}' has {there?.Bytes ?? 0} of {options.MemoryNamespaceQuota} bytes; this put would add {bytes}.");
        if (SwarmQuotas.OfBytes(swarm, view, bytes) is { } full) return full;
        var all = view.MemoryBytes(swarm);
        if (all + bytes <= options.MemorySwarmQuota) return null;
        var whose = swarm is null ? "The shared memory" : $"The memory of swarm '{swarm}'";
        return Over($"{whose} has {all} of {options.MemorySwarmQuota} bytes; this put would add {bytes}.");
    }

    /// <summary>Checks the limit of the idempotency keys that a namespace keeps.</summary>
    public static Error? OfKeys(IHiveView view, in DecisionContext context, string? swarm, string ns)
    {
        var kept = view.View<IMemoryView>().PutCount(MemoryPutCountEntity.IdOf(swarm, ns))?.Kept(context.Now, context.Options.MemoryPutRetention) ?? 0;
        return kept < context.Options.MaxMemoryPutKeys ? null : new(
            ErrorCodes.QuotaExceeded,
            $"Memory namespace '{ns}' keeps {kept} idempotency keys of puts, as many as one may. Put without a key, or have the operator raise the limit.");
    }

    private static Error Over(string message) => new(ErrorCodes.QuotaExceeded, $"{message} Delete entries, or have the operator raise the quota.");
}
