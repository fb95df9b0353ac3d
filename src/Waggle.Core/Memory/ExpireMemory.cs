using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Memory;

/// <summary>
/// Ends entries whose time is over, some at a time. One timer of the hive stands for the earliest of all; it is set again by what is due next.
/// </summary>
internal sealed record ExpireMemory : Command<NoResult>
{
    /// <summary>Entries in a turn.</summary>
    public const int Most = 200;

    public override string Right => Permissions.WriteMemory;

    public static EntityKey TimerKey { get; } = new(MemoryEntity.Entity.Name, "");

    /// <summary>The entries that end first.</summary>
    public static EntityRange First(int limit) => new(MemoryEntity.Entity.Name, MemoryEntity.DueColumn, "", null, limit);

    // One more than a turn takes: it says when the timer is to fire next.
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
