using System.Text.Json.Serialization;
using Waggle.Core.Ports;

namespace Waggle.Core.Memory;

/// <summary>
/// Counts the puts with an idempotency key that a namespace keeps, in two periods of their retention, so that no put looks at the others. The count covers
/// those of the last one to two periods. It is cold, and outlives the entries and the namespace.
/// </summary>
internal sealed record MemoryPutCountEntity
{
    public static EntityKind Entity { get; } = new("memory_put_count", []);

    public int V { get; init; } = 1;

    /// <summary>The offset of the first put that it counts.</summary>
    public required long Seq { get; init; }
    public required string Namespace { get; init; }
    public string? Swarm { get; init; }

    /// <summary>The begin of the current period.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The puts of the current period.</summary>
    public required long Current { get; init; }

    /// <summary>The puts of the period before.</summary>
    public required long Previous { get; init; }

    /// <summary>The time of the last put.</summary>
    public required DateTimeOffset At { get; init; }

    [JsonIgnore]
    public string Id => IdOf(Swarm, Namespace);

    internal static string IdOf(string? swarm, string ns) => MemoryNamespaceEntity.IdOf(swarm, ns);

    internal static EntityKey KeyOf(string? swarm, string ns) => new(Entity.Name, IdOf(swarm, ns));

    /// <summary>Returns the count with one more put.</summary>
    /// <param name="period">The time for which a put is kept.</param>
    public static MemoryPutCountEntity Add(MemoryPutCountEntity? before, MemoryPutKept put, DateTimeOffset at, TimeSpan period)
    {
        if (before is not null && at < before.Since + period) return before with { Current = before.Current + 1, At = at };
        var follows = before is not null && at < before.Since + (2 * period);
        return new()
        {
            Seq = before?.Seq ?? put.Entry.Version,
            Namespace = put.Entry.Namespace,
            Swarm = put.Entry.Swarm,
            Since = follows ? before!.Since + period : at,
            Current = 1,
            Previous = follows ? before!.Current : 0,
            At = at,
        };
    }

    /// <summary>Returns the number of puts that may still be kept.</summary>
    public long Kept(DateTimeOffset now, TimeSpan period) =>
        now < Since + period ? Current + Previous : now < Since + (2 * period) ? Current : 0;
}
