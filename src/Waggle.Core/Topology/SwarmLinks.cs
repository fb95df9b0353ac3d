using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>
/// The agents of a swarm that are online, and the links that its topology makes between them. An agent that comes or goes costs the logarithm of the swarm's
/// size. Used by the owner's loop alone.
/// </summary>
internal sealed class SwarmLinks
{
    // Agents of the given order come before all others, which follow in the order of their registration.
    private const long Ordered = long.MinValue;

    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly SortedSet<Place> _bySeniority = new(Place.Order);
    private readonly SortedSet<Place> _ring = new(Place.Order);
    private readonly Dictionary<string, int> _order = new(StringComparer.Ordinal);

    public SwarmLinks(TopologyEntity topology)
    {
        Topology = topology;
        Tree = new Hierarchy(this, topology.Parents);
        for (var i = 0; i < topology.Order?.Count; i++) _order[topology.Order[i]] = i;
        LookForLeads();
    }

    public TopologyEntity Topology { get; private set; }

    public TopologyKind Kind => Topology.Current;

    public Hierarchy Tree { get; }

    /// <summary>The agents that lead now; empty while there is none.</summary>
    public IReadOnlyList<string> Leads { get; private set; } = [];

    public int Count => _members.Count;

    public IEnumerable<string> Members => _members.Keys;

    /// <summary>The agent that is online and was registered first.</summary>
    public string? Eldest => _bySeniority.Count == 0 ? null : _bySeniority.Min.Agent;

    /// <summary>The agents that are online, those that were registered first before the others.</summary>
    public IEnumerable<string> BySeniority => _bySeniority.Select(p => p.Agent);

    /// <summary>The first agent of a ring; null for every other topology.</summary>
    public string? Entry => Kind == TopologyKind.Ring && _ring.Count > 0 ? _ring.Min.Agent : null;

    public bool HasLeads => Kind is TopologyKind.Star or TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh;

    public bool IsMember(string agent) => _members.ContainsKey(agent);

    public bool IsLead(string agent) => Leads.Contains(agent, StringComparer.Ordinal);

    /// <summary>Returns the offset of an agent's registration; null for an agent that is not online in the swarm.</summary>
    public long? SeqOf(string agent) => _members.TryGetValue(agent, out var member) ? member.Seq : null;

    /// <param name="seq">The offset of the agent's registration.</param>
    public void Join(string agent, long seq)
    {
        var place = new Place(_order.TryGetValue(agent, out var index) ? Ordered + index : seq, agent);
        _members[agent] = new(place, seq);
        _bySeniority.Add(new(seq, agent));
        _ring.Add(place);
        LookForLeads();
    }

    /// <returns>The agent that follows it in the order of a ring; null if no other is online.</returns>
    public string? Leave(string agent)
    {
        if (!_members.Remove(agent, out var member)) return null;
        _bySeniority.Remove(new(member.Seq, agent));
        _ring.Remove(member.Place);
        LookForLeads();
        return _ring.Count == 0 ? null : First(_ring.GetViewBetween(member.Place, Place.Last)) ?? _ring.Min.Agent;
    }

    /// <summary>Takes up another lead of the same topology.</summary>
    public void Repair(TopologyEntity topology)
    {
        Topology = topology;
        LookForLeads();
    }

    /// <summary>The agent after this one in the ring; null if it is alone or not online.</summary>
    public string? Next(string agent)
    {
        if (_ring.Count < 2 || !_members.TryGetValue(agent, out var member)) return null;
        foreach (var other in _ring.GetViewBetween(member.Place, Place.Last))
        {
            if (other != member.Place) return other.Agent;
        }

        return _ring.Min.Agent;
    }

    /// <summary>The number of links between the agents that are online.</summary>
    public long CountLinks() => Kind switch
    {
        _ when Count < 2 => 0,
        TopologyKind.Ring => Count,
        TopologyKind.Star or TopologyKind.Hierarchical => Count - 1,
        TopologyKind.HierarchicalMesh => Count - Leads.Count + ((long)Leads.Count * (Leads.Count - 1) / 2),
        _ => (long)Count * (Count - 1) / 2,
    };

    private static string? First(SortedSet<Place> places)
    {
        foreach (var place in places) return place.Agent;
        return null;
    }

    private void LookForLeads()
    {
        if (!HasLeads) return;
        var named = Topology.Leads?.Where(IsMember).ToArray() ?? [];
        Leads = named.Length > 0 ? named : Topology.Acting is { } acting && IsMember(acting) ? [acting] : [];
    }

    /// <param name="Place">Its place in the order of a ring.</param>
    private readonly record struct Member(Place Place, long Seq);

    /// <summary>An agent's place in an order; the agent's id decides between equal keys.</summary>
    private readonly record struct Place(long Key, string Agent)
    {
        public static Comparer<Place> Order { get; } = Comparer<Place>.Create(Compare);

        public static Place Last { get; } = new(long.MaxValue, "");

        private static int Compare(Place a, Place b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : string.CompareOrdinal(a.Agent, b.Agent);
    }
}
