using System.Text;
using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>
/// The tree of a hierarchy: the declared parents, past those that are not online. An agent without a parent that is online is under a lead. Used by the owner's
/// loop alone.
/// </summary>
internal sealed class Hierarchy
{
    private const ulong HashStart = 14695981039346656037;
    private const ulong HashFactor = 1099511628211;

    private readonly SwarmLinks _links;
    private readonly IReadOnlyDictionary<string, string> _parents;
    private readonly Dictionary<string, List<string>> _children = new(StringComparer.Ordinal);

    public Hierarchy(SwarmLinks links, IReadOnlyDictionary<string, string>? parents)
    {
        _links = links;
        _parents = parents ?? new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (agent, parent) in _parents)
        {
            if (!_children.TryGetValue(parent, out var children)) _children[parent] = children = [];
            children.Add(agent);
        }
    }

    /// <summary>The agent above this one: a parent that is online, else a lead. Null for a lead, and while nobody leads.</summary>
    public string? ParentOf(string agent)
    {
        if (_links.Leads.Count == 0 || _links.IsLead(agent)) return null;
        if (_links.Kind != TopologyKind.Star)
        {
            for (var at = agent; _parents.TryGetValue(at, out var parent); at = parent)
            {
                if (_links.IsMember(parent)) return parent;
            }
        }

        return _links.Leads.Count == 1 ? _links.Leads[0] : LeadFor(agent);
    }

    /// <summary>Whether the first agent is above the second one, directly or not.</summary>
    public bool IsAbove(string upper, string lower)
    {
        for (var at = ParentOf(lower); at is not null; at = ParentOf(at))
        {
            if (at == upper) return true;
        }

        return false;
    }

    /// <summary>The agents right under this one that are online. For a lead, each agent of the swarm is examined.</summary>
    public IEnumerable<string> ChildrenOf(string agent) => _links.IsLead(agent) ? _links.Members.Where(m => ParentOf(m) == agent) : Declared(agent);

    /// <summary>Whether the agent has declared children that are online, those behind an absent child included.</summary>
    public bool HasDeclaredChildren(string agent) => Declared(agent).Any();

    public int CountDeclaredChildren(string agent) => Declared(agent).Count();

    // A child that is not online leaves its own children to its parent. A lead has no parent.
    private IEnumerable<string> Declared(string agent)
    {
        if (_links.Kind == TopologyKind.Star || !_children.TryGetValue(agent, out var children)) yield break;
        foreach (var child in children)
        {
            if (_links.IsMember(child))
            {
                if (!_links.IsLead(child)) yield return child;
                continue;
            }

            foreach (var further in Declared(child)) yield return further;
        }
    }

    // Rendezvous hashing: when a lead comes or goes, only its own agents change their lead, and nothing is stored for an agent.
    private string LeadFor(string agent)
    {
        var best = _links.Leads[0];
        var highest = 0UL;
        foreach (var lead in _links.Leads)
        {
            var hash = Hash(lead, agent);
            if (hash < highest) continue;
            (best, highest) = (lead, hash);
        }

        return best;
    }

    // FNV-1a over both ids, with the finalizer of MurmurHash3.
    private static ulong Hash(string lead, string agent)
    {
        var hash = HashStart;
        foreach (var text in (ReadOnlySpan<string>)[lead, "/", agent])
        {
            foreach (var b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * HashFactor;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
