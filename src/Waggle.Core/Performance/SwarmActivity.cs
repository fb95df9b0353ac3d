using Waggle.Core.Agents;

namespace Waggle.Core.Performance;

/// <summary>
/// The numbers of agents of each swarm by what they do. They cost the agents that changed since they were read, however many the hive has. Only the owner's
/// loop uses it.
/// </summary>
internal sealed class SwarmActivity
{
    private static readonly string[] Names = ["idle", "working", "draining", "offline"];

    private readonly AgentsState _agents;
    private readonly Dictionary<string, (string Swarm, int Activity, bool Failed)> _counted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _failed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    public SwarmActivity(AgentsState agents)
    {
        _agents = agents;

        // An agent is counted later, because the change is told before it happens.
        agents.OnChange(agent => _changed.Add(agent));
    }

    public Dictionary<string, int> Of(string swarm)
    {
        Sync();
        var counts = _counts.GetValueOrDefault(swarm);
        var named = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Names.Length; i++) named[Names[i]] = counts?[i] ?? 0;
        return named;
    }

    /// <summary>Returns the number of agents that failed and whose workers have not been heard since.</summary>
    public int FailedOf(string swarm)
    {
        Sync();
        return _failed.GetValueOrDefault(swarm);
    }

    /// <summary>Begins anew before a reload, after which each agent counts as changed.</summary>
    public void Reset()
    {
        _counted.Clear();
        _counts.Clear();
        _failed.Clear();
        _changed.Clear();
    }

    private void Sync()
    {
        foreach (var id in _changed)
        {
            if (_counted.Remove(id, out var before))
            {
                _counts[before.Swarm][before.Activity]--;
                if (before.Failed) _failed[before.Swarm]--;
            }

            if (_agents.Agent(id) is not { RemovedAt: null } agent) continue;
            var activity = ActivityOf(agent, _agents.Presence(id));
            if (!_counts.TryGetValue(agent.Swarm, out var counts)) _counts[agent.Swarm] = counts = new int[Names.Length];
            counts[activity]++;
            var failed = agent.Failure is not null;
            if (failed) _failed[agent.Swarm] = _failed.GetValueOrDefault(agent.Swarm) + 1;
            _counted[id] = (agent.Swarm, activity, failed);
        }

        _changed.Clear();
    }

    private static int ActivityOf(AgentEntity agent, AgentLiveness? presence) =>
        presence is not { IsHere: true } ? 3 : agent.Draining ? 2 : presence.Holding.Count > 0 ? 1 : 0;
}
