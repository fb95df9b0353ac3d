using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>Checks the topology that a client describes. Each error names the field and its rule.</summary>
internal static class TopologyRules
{
    public static Error? Problem(TopologySpec spec)
    {
        var kind = SnakeCase.Of(spec.Kind);
        if (spec.Leads is { } leads)
        {
            if (spec.Kind is not (TopologyKind.Star or TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh))
                return Bad($"A topology {kind} has no leads.");
            var most = spec.Kind == TopologyKind.HierarchicalMesh ? Limits.MaxLeads : 1;
            if (leads.Count is 0 || leads.Count > most) return Bad($"leads has 1 to {most} entries for a topology {kind}; there were {leads.Count}.");
            if (Agents("leads", leads) is { } problem) return problem;
        }

        if (spec.Order is { } order)
        {
            if (spec.Kind != TopologyKind.Ring) return Bad($"A topology {kind} has no order.");
            if (order.Count is 0 or > Limits.MaxTopologyEntries) return Bad($"order has 1 to {Limits.MaxTopologyEntries} entries; there were {order.Count}.");
            if (Agents("order", order) is { } problem) return problem;
        }

        return spec.Parents is { } parents ? Parents(spec, kind, parents) : null;
    }

    private static Error? Parents(TopologySpec spec, string kind, IReadOnlyDictionary<string, string> parents)
    {
        if (spec.Kind is not (TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh)) return Bad($"A topology {kind} has no parents.");
        if (parents.Count is 0 or > Limits.MaxTopologyEntries)
            return Bad($"parents has 1 to {Limits.MaxTopologyEntries} entries; there were {parents.Count}.");
        foreach (var (agent, parent) in parents)
        {
            if (!Ids.IsValid(agent)) return Bad(Ids.Rule("parents", agent));
            if (!Ids.IsValid(parent ?? "")) return Bad(Ids.Rule($"parents.{agent}", parent ?? ""));
            if (spec.Leads?.Contains(agent, StringComparer.Ordinal) == true) return Bad($"parents: '{agent}' is a lead and has no parent.");
        }

        foreach (var agent in parents.Keys)
        {
            if (Cycle(agent, parents) is { } cycle) return cycle;
        }

        return null;
    }

    // An agent has one parent, so the way up from it either ends or comes back.
    private static Error? Cycle(string agent, IReadOnlyDictionary<string, string> parents)
    {
        var way = new List<string> { agent };
        for (var at = agent; parents.TryGetValue(at, out var parent); at = parent)
        {
            way.Add(parent);
            if (parent == agent) return Bad($"parents has a cycle: {PlainText.Clip(string.Join(" under ", way), 300)}.");
            if (way.Count > Limits.MaxTopologyDepth + 1)
            {
                return way.Distinct(StringComparer.Ordinal).Count() < way.Count
                    ? null // The cycle is further up, and the check of one of its agents names it.
                    : Bad($"parents is at most {Limits.MaxTopologyDepth} agents deep; the way up from '{agent}' is longer.");
            }
        }

        return null;
    }

    private static Error? Agents(string field, IReadOnlyList<string> agents)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var agent in agents)
        {
            if (!Ids.IsValid(agent ?? "")) return Bad(Ids.Rule(field, agent ?? ""));
            if (!seen.Add(agent!)) return Bad($"{field} names '{agent}' twice.");
        }

        return null;
    }

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
