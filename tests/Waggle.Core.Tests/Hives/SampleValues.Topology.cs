using Waggle.Core.Kernel;
using Waggle.Core.Topology;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static TopologySpec Arrangement => new()
    {
        Kind = TopologyKind.Hierarchical,
        Leads = ["a1"],
        Parents = new Dictionary<string, string>(StringComparer.Ordinal) { ["a3"] = "a2" },
        Order = ["a1", "a2"],
    };

    public static TopologyEntity Topology => new()
    {
        Swarm = "default",
        Seq = 9,
        Kind = TopologyKind.Adaptive,
        Current = TopologyKind.HierarchicalMesh,
        Leads = Arrangement.Leads,
        Parents = Arrangement.Parents,
        Order = Arrangement.Order,
        Acting = "a2",
        Since = At,
        ChangedBy = "hub",
        Reason = "The lead used 91 % of its slots.",
    };

    private static IEnumerable<RecordData> OfTopology =>
    [
        new TopologyChanged
        {
            SwarmId = "default", Swarm = "default", Name = "Default", From = TopologyKind.Star, To = TopologyKind.HierarchicalMesh, Chosen = TopologyKind.Adaptive,
            Leads = Arrangement.Leads, Parents = Arrangement.Parents, Order = Arrangement.Order, Reason = Topology.Reason,
            Numbers = new SortedDictionary<string, double>(StringComparer.Ordinal) { ["agents"] = 9, ["lead_busy"] = 0.91 }, Affected = 9, ChangedBy = "hub",
        },
        new TopologyRepaired
        {
            SwarmId = "default", Swarm = "default", Topology = TopologyKind.Star, Role = TopologyRole.Lead, Cause = RepairCause.Offline, Lost = "a1", Successor = "a2", Affected = 8,
        },
    ];
}
