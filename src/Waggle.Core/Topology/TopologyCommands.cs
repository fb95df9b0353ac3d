using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>Gives a swarm another topology. The same topology again changes nothing.</summary>
public sealed record SetTopology(string SwarmId, TopologySpec Spec, string? Reason = null) : Command<SwarmView>
{
    public override string Right => Permissions.WriteSwarms;

    public override Error? Malformed() => TextRules.Problem("reason", Reason) ?? TopologyRules.Problem(Spec);

    public override Decision<SwarmView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Swarm(SwarmId) is not { } swarm) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{SwarmId}'.");
        var before = view.Topology(SwarmId);
        if (IsSame(before)) return Decision.Of(SwarmViews.Of(swarm, view));
        var online = view.AgentsOnline(SwarmId);
        var changed = new TopologyChanged
        {
            SwarmId = SwarmId,
            Swarm = SwarmId,
            Name = swarm.Name,
            From = before?.Current ?? TopologyKind.Mesh,
            To = TopologyEvolver.First(Spec.Kind),
            Chosen = Spec.Kind,
            Leads = Spec.Leads ?? LeadsOf(online),
            Parents = Spec.Parents,
            Order = Spec.Order,
            Reason = Reason,
            Affected = online.Length,
            ChangedBy = By.Subject,
        };
        var after = TopologyEvolver.Change(before, changed, view.NextOffset, context.Now);
        return Decision.Of(SwarmViews.Of(swarm, view) with { Topology = Shown(after, online) }, changed);
    }

    private string[]? LeadsOf(string[] online) =>
        Spec.Kind == TopologyKind.HierarchicalMesh && online.Length > 1 ? online[..Math.Min(online.Length, AdaptiveRule.LeadsFor(online.Length))] : null;

    // The lead of a new topology without a named one that is online is chosen when the turn ends, by the same rule.
    private static TopologyView Shown(TopologyEntity topology, string[] online)
    {
        var links = new SwarmLinks(topology);
        for (var i = 0; i < online.Length; i++) links.Join(online[i], i);
        return TopologyViews.Of(topology, topology.Current == TopologyKind.Mesh ? null : links) with
        {
            Leads = !links.HasLeads ? [] : links.Leads.Count > 0 ? links.Leads : [.. online.Take(1)],
        };
    }

    private bool IsSame(TopologyEntity? before)
    {
        if (before is null) return Spec.Kind == TopologyKind.Mesh;
        return before.Kind == Spec.Kind && (Spec.Leads is null || Same(before.Leads, Spec.Leads)) && Same(before.Order, Spec.Order)
            && (before.Parents?.Count ?? 0) == (Spec.Parents?.Count ?? 0)
            && (Spec.Parents?.All(p => before.Parents!.GetValueOrDefault(p.Key) == p.Value) ?? true);
    }

    private static bool Same(IReadOnlyList<string>? a, IReadOnlyList<string>? b) => (a ?? []).SequenceEqual(b ?? [], StringComparer.Ordinal);
}

/// <summary>Lists the agents of a swarm that are online with their places in its topology, by id, one page at a time.</summary>
public sealed record ShowTopology(string SwarmId, string? Cursor = null, int Limit = 100) : Command<TopologyPage>
{
    public override string Right => Permissions.ReadSwarms;

    public override Error? Malformed() =>
        Limit is < 1 or > Limits.MaxPageSize ? new(ErrorCodes.InvalidRequest, $"limit is 1 to {Limits.MaxPageSize}; it was {Limit}.")
        : Cursor is not null && !Ids.IsValid(Cursor) ? new(ErrorCodes.InvalidRequest, "cursor must be the value that the previous page returned.")
        : null;

    public override Decision<TopologyPage> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Swarm(SwarmId) is null) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{SwarmId}'.");
        var links = view.Links(SwarmId);
        string[] members = links is null ? view.AgentsOnline(SwarmId) : [.. links.Members];
        string[] page = [.. members.Where(m => Cursor is null || string.CompareOrdinal(m, Cursor) > 0).Order(StringComparer.Ordinal).Take(Limit + 1)];
        return Decision.Of(new TopologyPage(
            TopologyViews.Of(view.Topology(SwarmId), links),
            members.Length,
            links?.CountLinks() ?? (long)members.Length * (members.Length - 1) / 2,
            [.. page.Take(Limit).Select(m => links is null ? new() { Agent = m, Role = "member" } : TopologyPolicy.Describe(links, m))],
            page.Length > Limit ? page[Limit - 1] : null));
    }
}
