using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>Compares the figures of a swarm with an adaptive topology with the limits. Its timer runs it every 10 s.</summary>
internal sealed record ReviewTopology(string SwarmId) : Command<NoResult>
{
    public override string Right => Permissions.WriteSwarms;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Topology(SwarmId) is not { Kind: TopologyKind.Adaptive } topology || view.View<IAdaptiveView>().Meter(SwarmId) is not { } meter)
            return Decision.Nothing;
        var links = view.Links(SwarmId)!;
        var reading = meter.Read(context.Now, links.Count);
        var advice = AdaptiveRule.Advise(topology.Current, reading);
        var reviewed = new TopologyReviewed { Swarm = SwarmId, Advised = advice?.To };
        if (advice is not var (to, reason)) return Decision.OfRecords(reviewed);
        var inARow = meter.Advised == to ? meter.InARow + 1 : 1;
        if (inARow < AdaptiveRule.InARow || context.Now < topology.Since + AdaptiveRule.CoolDown) return Decision.OfRecords(reviewed);
        return Decision.OfRecords(
            new TopologyChanged
            {
                SwarmId = SwarmId,
                Swarm = SwarmId,
                Name = view.Swarm(SwarmId)?.Name ?? SwarmId,
                From = topology.Current,
                To = to,
                Chosen = TopologyKind.Adaptive,
                Leads = to == TopologyKind.HierarchicalMesh ? [.. links.BySeniority.Take(AdaptiveRule.LeadsFor(links.Count))] : null,
                Reason = reason,
                Numbers = AdaptiveRule.Numbers(reading),
                Affected = links.Count,
                ChangedBy = By.Subject,
            });
    }
}

/// <summary>A review of an adaptive topology is over.</summary>
internal sealed record TopologyReviewed : InternalData
{
    public required TopologyKind? Advised { get; init; }
}
