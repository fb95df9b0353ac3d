using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>Builds the views of topologies.</summary>
internal static class TopologyViews
{
    /// <param name="topology">The stored topology; null for a swarm that never had one.</param>
    /// <param name="links">The links of its agents; null for a mesh.</param>
    public static TopologyView Of(TopologyEntity? topology, SwarmLinks? links) => new()
    {
        Kind = topology?.Kind ?? TopologyKind.Mesh,
        Current = topology?.Current ?? TopologyKind.Mesh,
        Leads = links is { HasLeads: true } ? links.Leads : [],
        Entry = links?.Entry,
        Since = topology?.Since,
        ChangedBy = topology?.ChangedBy,
        Reason = topology?.Reason,
    };
}
