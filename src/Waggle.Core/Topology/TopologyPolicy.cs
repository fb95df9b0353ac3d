using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>What a topology permits the agents of its swarm. Pure; each refusal names the rule and who may.</summary>
internal static class TopologyPolicy
{
    /// <summary>Returns the reason why an agent may not give a task to another one, or to any (null); null if it may.</summary>
    public static string? MayAssign(SwarmLinks links, string from, string? to) => links.Kind switch
    {
        TopologyKind.Star => links.IsLead(from) ? null : $"In a star, only the lead creates and assigns tasks; that is {Lead(links)}.",
        TopologyKind.Ring => to is not null && links.Next(from) == to
            ? null
            : $"In a ring, an agent gives tasks to the next one only; after '{from}' comes {Name(links.Next(from))}.",
        TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh => InTree(links, from, to),
        _ => null,
    };

    /// <summary>Returns the reason why an agent may not send a message to another one; null if it may.</summary>
    public static string? MayMessage(SwarmLinks links, string from, string to) => links.Kind switch
    {
        TopologyKind.Star => links.IsLead(from) || links.IsLead(to) ? null : $"In a star, messages go to and from the lead only; that is {Lead(links)}.",
        TopologyKind.Ring => links.Next(from) == to
            ? null
            : $"In a ring, messages go to the next agent only; after '{from}' comes {Name(links.Next(from))}.",
        TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh =>
            links.Tree.ParentOf(from) == to || links.Tree.ParentOf(to) == from || AreLeads(links, from, to)
                ? null
                : $"In a hierarchy, messages go between an agent and its parent only; the parent of '{from}' is {Name(links.Tree.ParentOf(from))}.",
        _ => null,
    };

    /// <summary>The agents that an agent may send messages to and that are online.</summary>
    public static IEnumerable<string> Neighbours(SwarmLinks links, string agent)
    {
        switch (links.Kind)
        {
            case TopologyKind.Ring:
                return links.Next(agent) is { } next ? [next] : [];
            case TopologyKind.Star or TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh:
                IEnumerable<string> above = links.Tree.ParentOf(agent) is { } parent ? [parent] : [];
                var beside = links.IsLead(agent) ? links.Leads.Where(l => l != agent) : [];
                return above.Concat(beside).Concat(links.Tree.ChildrenOf(agent));
            default:
                return links.Members.Where(m => m != agent);
        }
    }

    /// <summary>
    /// The agents that hear what an agent tells its swarm, and that are online: in a hierarchy those above it and under it, among leads also the other leads;
    /// in a star the lead, or all if it leads; in a ring the next one; else all.
    /// </summary>
    public static IEnumerable<string> Hearers(SwarmLinks links, string agent) =>
        links.Kind is TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh ? HearersInTree(links, agent) : Neighbours(links, agent);

    /// <summary>
    /// The agents that vote on the proposal of an agent in a hierarchy: itself, its parent and the parent's other children; of a lead, itself and its children.
    /// Null: all agents of the swarm vote.
    /// </summary>
    public static IEnumerable<string>? Electorate(SwarmLinks links, string opener)
    {
        if (links.Kind is not (TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh) || !links.IsMember(opener)) return null;
        var head = links.Tree.ParentOf(opener) ?? opener;
        return links.Tree.ChildrenOf(head).Prepend(head);
    }

    public static TopologyMember Describe(SwarmLinks links, string agent) => new()
    {
        Agent = agent,
        Role = links.IsLead(agent) ? "lead"
            : links.Entry == agent ? "entry"
            : links.HasLeads && links.Tree.HasDeclaredChildren(agent) ? "parent"
            : "member",
        Parent = links.HasLeads ? links.Tree.ParentOf(agent) : null,
        Next = links.Kind == TopologyKind.Ring ? links.Next(agent) : null,
    };

    // Lazy, so that a caller with a limit visits no more of the tree than it takes.
    private static IEnumerable<string> HearersInTree(SwarmLinks links, string agent)
    {
        for (var at = links.Tree.ParentOf(agent); at is not null; at = links.Tree.ParentOf(at)) yield return at;
        if (links.IsLead(agent))
        {
            foreach (var lead in links.Leads)
            {
                if (lead != agent) yield return lead;
            }
        }

        var parents = new Queue<string>([agent]);
        while (parents.TryDequeue(out var parent))
        {
            foreach (var child in links.Tree.ChildrenOf(parent))
            {
                yield return child;
                parents.Enqueue(child);
            }
        }
    }

    private static string? InTree(SwarmLinks links, string from, string? to)
    {
        if (links.IsLead(from) && (to is null || links.Kind == TopologyKind.Hierarchical || links.IsLead(to))) return null;
        if (to is null) return $"In a hierarchy, only a lead creates tasks that name no agent; a lead is {Lead(links)}.";
        return to == from || links.Tree.IsAbove(from, to)
            ? null
            : $"In a hierarchy, an agent gives tasks to the agents under it only; '{to}' is under {Name(links.Tree.ParentOf(to))}.";
    }

    private static bool AreLeads(SwarmLinks links, string from, string to) => links.IsLead(from) && links.IsLead(to);

    private static string Lead(SwarmLinks links) => links.Leads.Count == 0 ? "nobody now" : string.Join(", ", links.Leads.Select(Name));

    private static string Name(string? agent) => agent is null ? "nobody" : $"'{agent}'";
}
