using Waggle.Core.Agents;
using Waggle.Core.Kernel;

namespace Waggle.Core.Durations;

/// <summary>The measured durations as a decision sees them.</summary>
internal interface IDurationView
{
    /// <summary>Returns the durations of an agent on tasks of a type; null before the first.</summary>
    AgentDurations? Durations(string agent, string? type);
}

/// <summary>
/// The durations of all agents. Each agent has those of at most <see cref="MostTypes"/> types: a further type takes the place of the one that the agent worked
/// on longest ago. They end with their agent. Only the owner's loop uses it.
/// </summary>
internal sealed class DurationState : FeatureState, IDurationView
{
    public const int MostTypes = 32;

    private readonly IAgentView _agents;
    private readonly EntityTable<AgentDurations> _durations;
    private readonly Dictionary<string, HashSet<string>> _ofAgent = new(StringComparer.Ordinal);

    public DurationState(HiveContext hive, IAgentView agents)
    {
        _agents = agents;
        _durations = hive.Table(DurationFeature.Durations);
        hive.On<AgentRemoved>((removed, _, _) => Forget(removed.Agent));
        hive.Views.Add<IDurationView>(this, static (whole, limited, _) => new ReachableDurations(whole, limited));
    }

    public AgentDurations? Durations(string agent, string? type) => _durations[AgentDurations.Id(agent, type)];

    /// <summary>Adds the duration of a completed attempt.</summary>
    /// <param name="offset">The offset of the record that completed it.</param>
    public void Add(string agent, string? type, long ms, long offset)
    {
        if (_agents.Agent(agent) is not { RemovedAt: null }) return;
        var id = AgentDurations.Id(agent, type);
        var known = _durations[id];
        if (known is null) Make(agent, id);
        _durations.Put((known ?? new AgentDurations { Agent = agent, Type = type, Seq = offset, Last = offset, Ms = [] }).With(ms, offset));
    }

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var known in _durations.Open) Of(known.Agent).Add(AgentDurations.Id(known.Agent, known.Type));
    }

    public override void Reset() => _ofAgent.Clear();

    private void Make(string agent, string id)
    {
        var types = Of(agent);
        if (types.Count >= MostTypes)
        {
            var oldest = types.MinBy(known => _durations[known]!.Last)!;
            types.Remove(oldest);
            _durations.Remove(oldest);
        }

        types.Add(id);
    }

    private void Forget(string agent)
    {
        if (!_ofAgent.Remove(agent, out var types)) return;
        foreach (var id in types) _durations.Remove(id);
    }

    private HashSet<string> Of(string agent)
    {
        if (!_ofAgent.TryGetValue(agent, out var types)) _ofAgent[agent] = types = new(StringComparer.Ordinal);
        return types;
    }

    private sealed class ReachableDurations(IDurationView whole, IHiveView limited) : IDurationView
    {
        public AgentDurations? Durations(string agent, string? type) => limited.Agent(agent) is null ? null : whole.Durations(agent, type);
    }
}
