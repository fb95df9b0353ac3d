using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>The topologies of swarms as a decision sees them.</summary>
internal interface ITopologyView
{
    TopologyEntity? Topology(string swarm);

    /// <summary>The links of a swarm's agents; null for a mesh, which links any agent to any other.</summary>
    SwarmLinks? Links(string swarm);
}

/// <summary>
/// The topologies of all swarms. A change of an agent is noted and takes effect before the links are next asked for; a lost lead, parent or part of a ring gets
/// its successor at the end of the turn, by a record. Swarms that are a mesh cost nothing.
/// </summary>
internal sealed class TopologyState : FeatureState, ITopologyView, ISwarmTopology, IUnaddressedWork
{
    private readonly HiveContext _hive;
    private readonly AgentsState _agents;
    private readonly EntityTable<TopologyEntity> _topologies;
    private readonly TopologyMetrics _metrics;
    private readonly Dictionary<string, SwarmLinks> _links = new(StringComparer.Ordinal);

    /// <summary>The swarm in whose links an agent is.</summary>
    private readonly Dictionary<string, string> _swarmOf = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private readonly List<(string Swarm, TopologyRepaired Repair)> _repairs = [];

    /// <summary>The swarms that may lack a lead, with the lead that left and why.</summary>
    private readonly Dictionary<string, (RepairCause Cause, string? Lost)> _unled = new(StringComparer.Ordinal);
    private readonly AdaptiveSwarms _adaptive;
    private Action<string>? _entryChanged;

    public TopologyState(HiveContext hive, AgentsState agents)
    {
        _hive = hive;
        _agents = agents;
        _metrics = TopologyMetrics.Of(hive.Metrics);
        _topologies = hive.Table(TopologyFeature.Topologies);
        _adaptive = new AdaptiveSwarms(hive, agents, _links.GetValueOrDefault);
        agents.OnChange(Touch);
        hive.On<SwarmCreated>(Create);
        hive.On<TopologyChanged>((r, offset, at) => Put(TopologyEvolver.Change(_topologies[r.SwarmId], r, offset, at)));
        hive.On<TopologyRepaired>((r, _, _) => Repair(r));
        hive.Views.Add<ITopologyView>(this, static (whole, _, by) => new Reachable(whole, by));
        hive.Views.Add<ISwarmTopology>(this, static (whole, _, _) => whole);
    }

    public TopologyEntity? Topology(string swarm) => _topologies[swarm];

    public SwarmLinks? Links(string swarm)
    {
        Sync();
        return _links.GetValueOrDefault(swarm);
    }

    TopologyView ISwarmTopology.Topology(string swarm) => TopologyViews.Of(Topology(swarm), Links(swarm));

    /// <summary>Applies the noted changes of agents to the links.</summary>
    public void Sync()
    {
        if (_touched.Count == 0) return;
        foreach (var agent in _touched) Follow(agent);
        _touched.Clear();
    }

    public bool TakesUnaddressed(AgentEntity agent) =>
        !_links.TryGetValue(agent.Swarm, out var links) || links.Kind != TopologyKind.Ring || links.Entry == agent.Id;

    public void OnEntryChange(Action<string> changed) => _entryChanged += changed;

    public override void EndTurn(Action<RecordData> apply)
    {
        Sync();
        foreach (var (swarm, repair) in _repairs)
        {
            if (_links.ContainsKey(swarm)) apply(repair);
        }

        _repairs.Clear();
        foreach (var (swarm, (cause, lost)) in _unled.ToArray())
        {
            // Of the agents that are online, the one that was registered first leads.
            if (_links.GetValueOrDefault(swarm) is { HasLeads: true, Leads.Count: 0 } links && (lost ?? links.Eldest) is not null)
                apply(Repaired(links, TopologyRole.Lead, cause, lost, links.Eldest, links.Count));
        }

        _unled.Clear();
    }

    public override void Report(in TurnReport turn) => _metrics.Report(turn);

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var topology in _topologies.Open)
        {
            if (!SwarmHasLinks(topology)) continue;
            _links[topology.Swarm] = new SwarmLinks(topology);
            _adaptive.Follow(topology);
        }

        if (_links.Count == 0) return;
        foreach (var agent in _agents.Agents) Follow(agent.Id);
        _touched.Clear();
        _repairs.Clear();
        foreach (var swarm in _links.Keys) _unled.TryAdd(swarm, (RepairCause.Vacant, null));
    }

    public override void Reset()
    {
        _links.Clear();
        _swarmOf.Clear();
        _touched.Clear();
        _repairs.Clear();
        _unled.Clear();
        _adaptive.Clear();
    }

    private static bool SwarmHasLinks(TopologyEntity topology) => topology.Kind != TopologyKind.Mesh;

    private void Touch(string agent)
    {
        if (_links.Count > 0) _touched.Add(agent);
    }

    private void Create(SwarmCreated created, long offset, DateTimeOffset at)
    {
        if (created.Topology is { } spec) Put(TopologyEvolver.Create(created, spec, offset));
    }

    // A new topology links the agents of its swarm anew, which costs as much as there are agents.
    private void Put(TopologyEntity topology)
    {
        Sync();
        _topologies.Put(topology);
        var swarm = topology.Swarm;
        if (_links.Remove(swarm, out var before))
        {
            foreach (var agent in before.Members) _swarmOf.Remove(agent);
        }

        if (SwarmHasLinks(topology)) _links[swarm] = new SwarmLinks(topology);
        foreach (var agent in _agents.Agents)
        {
            if (agent.Swarm != swarm) continue;
            if (_links.ContainsKey(swarm)) Follow(agent.Id);
            _entryChanged?.Invoke(agent.Id);
        }

        _repairs.RemoveAll(r => r.Swarm == swarm);
        _unled[swarm] = (RepairCause.Vacant, null);
        _adaptive.Follow(topology);
    }

    private void Repair(TopologyRepaired repaired)
    {
        if (repaired.Role != TopologyRole.Lead) return;
        var topology = TopologyEvolver.Repair(_topologies[repaired.SwarmId]!, repaired);
        _topologies.Put(topology);
        _links[repaired.SwarmId].Repair(topology);
    }

    // Compares where an agent is with where it was.
    private void Follow(string id)
    {
        var agent = _agents.Agent(id) is { RemovedAt: null } there ? there : null;
        var isHere = agent is not null && _agents.Presence(id) is { Online: true } && _links.ContainsKey(agent.Swarm);
        if (_swarmOf.TryGetValue(id, out var swarm))
        {
            if (isHere && agent!.Swarm == swarm && _links[swarm].SeqOf(id) == agent.Seq)
            {
                _adaptive.See(agent.Swarm, id);
                return;
            }

            Leave(id, swarm, agent is null ? RepairCause.Removed : agent.Swarm != swarm ? RepairCause.Moved : RepairCause.Offline);
        }

        if (isHere) Join(agent!);
    }

    private void Join(AgentEntity agent)
    {
        var links = _links[agent.Swarm];
        var (entry, acting) = (links.Entry, links.Leads is [var lead] && lead == links.Topology.Acting ? lead : null);
        links.Join(agent.Id, agent.Seq);
        _swarmOf[agent.Id] = agent.Swarm;
        TellEntry(entry, links.Entry);
        if (links.HasLeads && links.Leads.Count == 0) _unled.TryAdd(agent.Swarm, (RepairCause.Vacant, null));
        else if (acting is not null && links.IsLead(agent.Id)) Note(links, TopologyRole.Lead, RepairCause.Online, acting, agent.Id, links.Count - 1);
        else if (links.HasLeads && !links.IsLead(agent.Id) && links.Tree.CountDeclaredChildren(agent.Id) is > 0 and var children)
            Note(links, TopologyRole.Parent, RepairCause.Online, links.Tree.ParentOf(agent.Id), agent.Id, children);
    }

    private void Leave(string id, string swarm, RepairCause cause)
    {
        var links = _links[swarm];
        var (entry, wasLead) = (links.Entry, links.IsLead(id));
        var children = links.HasLeads && !wasLead ? links.Tree.CountDeclaredChildren(id) : 0;
        var next = links.Leave(id);
        _swarmOf.Remove(id);
        TellEntry(entry, links.Entry);
        if (wasLead && links.Leads.Count == 0) _unled[swarm] = (cause, id);
        else if (wasLead) Note(links, TopologyRole.Lead, cause, id, links.Leads[0], links.Count);
        else if (children > 0) Note(links, TopologyRole.Parent, cause, id, links.Tree.ParentOf(id), children);
        else if (links.Kind == TopologyKind.Ring) Note(links, TopologyRole.Ring, cause, id, next, Math.Min(2, links.Count));
    }

    private void TellEntry(string? before, string? after)
    {
        if (before == after) return;
        if (before is not null) _entryChanged?.Invoke(before);
        if (after is not null) _entryChanged?.Invoke(after);
    }

    private void Note(SwarmLinks links, TopologyRole role, RepairCause cause, string? lost, string? successor, int affected) =>
        _repairs.Add((links.Topology.Swarm, Repaired(links, role, cause, lost, successor, affected)));

    private static TopologyRepaired Repaired(SwarmLinks links, TopologyRole role, RepairCause cause, string? lost, string? successor, int affected) => new()
    {
        SwarmId = links.Topology.Swarm,
        Swarm = links.Topology.Swarm,
        Topology = links.Kind,
        Role = role,
        Cause = cause,
        Lost = lost,
        Successor = successor,
        Affected = affected,
    };

    private sealed class Reachable(ITopologyView whole, Principal by) : ITopologyView
    {
        public TopologyEntity? Topology(string swarm) => by.Reaches(swarm) ? whole.Topology(swarm) : null;

        public SwarmLinks? Links(string swarm) => by.Reaches(swarm) ? whole.Links(swarm) : null;
    }
}

internal static class TopologyViewExtensions
{
    extension(IHiveView view)
    {
        public TopologyEntity? Topology(string swarm) => view.View<ITopologyView>().Topology(swarm);

        public SwarmLinks? Links(string swarm) => view.View<ITopologyView>().Links(swarm);
    }
}
