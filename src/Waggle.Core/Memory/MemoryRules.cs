using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Memory;

/// <summary>Validates names, times and metadata, and decides which namespaces a principal reaches.</summary>
internal static class MemoryRules
{
    /// <summary>The longest time to live in milliseconds.</summary>
    public const long MaxTtlMs = Limits.MaxMemoryTtlDays * 86_400_000L;

    /// <summary>Returns why the principal does not reach the namespace, or null if it does. Every swarm reaches the shared namespaces.</summary>
    public static string? OutOfReach(Principal by, string? swarm, string ns)
    {
        if (swarm is not null && !by.Reaches(swarm)) return by.OutOfReach(swarm);
        return by.ReachesNamespace(ns) ? null
            : $"'{by.Subject}' may not reach memory namespace '{PlainText.Clip(ns, 40)}': its token is limited to "
                + $"{string.Join(", ", by.Namespaces!.Order(StringComparer.Ordinal))}.";
    }

    /// <summary>Returns why a query is rejected: its principal does not reach the namespace, or a name is invalid. Null for a valid query.</summary>
    public static Error? Refusal(Principal by, string right, string? swarm, string ns, string? key = null)
    {
        if (!by.Allowed(right)) return new(ErrorCodes.Forbidden, by.Missing(right));
        if (OutOfReach(by, swarm, ns) is { } refusal) return new(ErrorCodes.Forbidden, refusal);
        return Names(swarm, ns) ?? (key is null ? null : Name("key", key));
    }

    public static Error? Names(string? swarm, string ns) => (swarm is null ? null : Name("swarm", swarm)) ?? Name("namespace", ns);

    public static Error? Name(string what, string name) => Ids.IsValid(name) ? null : Bad(Ids.Rule(what, name));

    public static Error? Version(long? version) => version < 0 ? Bad($"if_version is 0 (no entry) or a version; it was {version}.") : null;

    public static Error? Ttl(TimeSpan? ttl) => ttl is not { } time || (time.TotalMilliseconds >= 1 && time.TotalMilliseconds <= MaxTtlMs) ? null
        : Bad($"ttl_ms is 1 to {MaxTtlMs} (ten years); it was {(long)time.TotalMilliseconds}. Leave it out for an entry without an end.");

    public static Error? Metadata(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null) return null;
        if (metadata.Count > Limits.MaxMemoryMetadata) return Bad($"metadata has at most {Limits.MaxMemoryMetadata} names; it had {metadata.Count}.");
        foreach (var (name, text) in metadata)
        {
            if (name.Length is 0 or > Ids.MaxLength) return Bad($"A name in metadata has 1 to {Ids.MaxLength} characters; one had {name.Length}.");
            if (text is null) return Bad($"metadata '{PlainText.Clip(name, 40)}' is null.");
            if (text.Length > Limits.MaxMemoryMetadataLength)
                return Bad($"metadata '{PlainText.Clip(name, 40)}' has at most {Limits.MaxMemoryMetadataLength} characters; it had {text.Length}.");
        }

        return null;
    }

    public static Error TooLarge(long bytes) =>
        new(ErrorCodes.TooLarge, $"A value has at most {Limits.MaxMemoryValueBytes} bytes of JSON; it had {bytes}. Divide it, or keep it elsewhere.");

    public static Error Missing(string? swarm, string ns, string key) =>
        new(ErrorCodes.NotFound, $"There is no entry '{key}' in memory namespace '{ns}'{(swarm is null ? "" : $" of swarm '{swarm}'")}.");

    public static Error Conflict(MemoryEntity? entry, long expected, string key) => new(ErrorCodes.VersionConflict, entry is null
        ? $"if_version was {expected}, and there is no entry '{key}': it was deleted, expired or never put."
        : expected == 0 ? $"if_version was 0, and there is an entry '{key}' already, at version {entry.Version}."
        : $"if_version was {expected}; the entry '{key}' is at version {entry.Version}.");

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
