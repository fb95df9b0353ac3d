using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>The meters of the swarms with an adaptive topology, and the timers of their reviews. Used by the owner's loop alone.</summary>
internal sealed class AdaptiveSwarms
{
    private readonly HiveContext _hive;
    private readonly AgentsState _agents;
    private readonly Func<string, SwarmLinks?> _links;
    private readonly Dictionary<string, AdaptiveMeter> _meters = new(StringComparer.Ordinal);

    /// <param name="links">Returns the links of a swarm as they are, without the changes that are only noted.</param>
    public AdaptiveSwarms(HiveContext hive, AgentsState agents, Func<string, SwarmLinks?> links)
    {
        _hive = hive;
        _agents = agents;
        _links = links;
        agents.OnCount((agent, outcome) => _meters.GetValueOrDefault(agent.Swarm)?.End(outcome));
        hive.Timer(TopologyEntity.Entity.Name, swarm => new ReviewTopology(swarm) { By = hive.Hub });
        hive.On<TopologyReviewed>((reviewed, _, at) => Close(reviewed, at));
        hive.Views.Add<IAdaptiveView>(new View(this), static (whole, _, _) => whole);
    }

    /// <summary>Begins to measure a swarm whose topology is adaptive, and ends it for every other one.</summary>
    public void Follow(TopologyEntity topology)
    {
        var adaptive = topology.Kind == TopologyKind.Adaptive;
        if (adaptive) _meters[topology.Swarm] = new AdaptiveMeter();
        else _meters.Remove(topology.Swarm);
        _hive.Timers.Set(topology.Key, adaptive ? _hive.Now + AdaptiveRule.Interval : null);
    }

    /// <summary>Notes a change of an agent's work.</summary>
    public void See(string swarm, string agent)
    {
        if (!_meters.TryGetValue(swarm, out var meter)) return;
        if (_links(swarm) is { HasLeads: true } links && links.IsLead(agent)) See(meter, agent);
    }

    public void Clear() => _meters.Clear();

    private void See(AdaptiveMeter meter, string lead)
    {
        if (_agents.Presence(lead) is { } presence) meter.See(lead, presence.Slots == 0 ? 0 : (double)presence.Holding.Count / presence.Slots, _hive.Now);
    }

    private void Close(TopologyReviewed reviewed, DateTimeOffset at)
    {
        if (!_meters.TryGetValue(reviewed.Swarm!, out var meter)) return;
        var leads = _links(reviewed.Swarm!) is { HasLeads: true } links ? links.Leads : [];
        meter.Close(at, reviewed.Advised, leads);
        foreach (var lead in leads) See(meter, lead);
        _hive.Timers.Set(new(TopologyEntity.Entity.Name, reviewed.Swarm!), at + AdaptiveRule.Interval);
    }

    private sealed class View(AdaptiveSwarms owner) : IAdaptiveView
    {
        public AdaptiveMeter? Meter(string swarm) => owner._meters.GetValueOrDefault(swarm);
    }
}

/// <summary>The measured swarms as a review sees them.</summary>
internal interface IAdaptiveView
{
    AdaptiveMeter? Meter(string swarm);
}
