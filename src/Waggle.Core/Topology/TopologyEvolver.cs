using Waggle.Core.Swarms;
using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>Computes the stored topology from a record. Pure.</summary>
internal static class TopologyEvolver
{
    /// <summary>The topology of a swarm that is created with one.</summary>
    public static TopologyEntity Create(SwarmCreated r, TopologySpec spec, long offset) => new()
    {
        Swarm = r.SwarmId,
        Seq = offset,
        Kind = spec.Kind,
        Current = First(spec.Kind),
        Leads = spec.Leads,
        Parents = spec.Parents,
        Order = spec.Order,
    };

    public static TopologyEntity Change(TopologyEntity? before, TopologyChanged r, long offset, DateTimeOffset at) => new()
    {
        Swarm = r.SwarmId,
        Seq = before?.Seq ?? offset,
        Kind = r.Chosen,
        Current = r.To,
        Leads = r.Leads,
        Parents = r.Parents,
        Order = r.Order,
        Since = at,
        ChangedBy = r.ChangedBy,
        Reason = r.Reason,
    };

    public static TopologyEntity Repair(TopologyEntity topology, TopologyRepaired r) => r.Role != TopologyRole.Lead
        ? topology
        : topology with { Acting = r.Successor is { } successor && topology.Leads?.Contains(successor, StringComparer.Ordinal) != true ? successor : null };

    /// <summary>The topology with which a kind begins: an adaptive one begins as a mesh.</summary>
    public static TopologyKind First(TopologyKind kind) => kind == TopologyKind.Adaptive ? TopologyKind.Mesh : kind;
}
