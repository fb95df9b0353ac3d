using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Memory;

/// <summary>
/// Ends expired entries, a limited number in one turn. The hive has one timer for the earliest of all entries; each turn sets it to the next one.
/// </summary>
internal sealed record ExpireMemory : Command<NoResult>
{
    /// <summary>The greatest number of entries that end in one turn.</summary>
    public const int Most = 200;

    public override string Right => Permissions.WriteMemory;

    public static EntityKey TimerKey { get; } = new(MemoryEntity.Entity.Name, "");

    /// <summary>The range of the entries that end first.</summary>
    public static EntityRange First(int limit) => new(MemoryEntity.Entity.Name, MemoryEntity.DueColumn, "", null, limit);

    // Fetches one more than a turn ends, because that entry determines the next time of the timer.
    internal override void CollectRanges(IHiveView view, List<EntityRange> ranges) => ranges.Add(First(Most + 1));

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        var now = context.Now;
        return Decision.OfRecords([.. view.FetchedMemory.Where(e => e.HasExpired(now)).OrderBy(e => e.ExpiresAt).Take(Most).Select(Of)]);
    }

    public static MemoryExpired Of(MemoryEntity entry) => new()
    {
        Namespace = entry.Namespace,
        Key = entry.Key,
        Swarm = entry.Swarm,
        Version = entry.Version,
        Bytes = entry.Bytes,
        ExpiresAt = entry.ExpiresAt!.Value,
    };
}
