using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Learning;

/// <summary>
/// The learned proficiencies and the draws by which the matcher compares agents. Records of outcomes change the evidence, and a reaction to each draws anew, so
/// that a turn costs what changed. Draws are in memory only. The evidence ends with its agent, or with the capability of the agent. Only the owner's loop uses
/// it.
/// </summary>
internal sealed class LearningState : FeatureState, IProficiencyDraws, IProficiencyView, ILearningView
{
    private readonly HiveContext _hive;
    private readonly IAgentView _agents;
    private readonly EntityTable<AgentProficiencies> _known;
    private readonly LearningMetrics _metrics;
    private readonly Dictionary<(string Agent, string Capability), double> _draws = [];
    private readonly DrawOrder _order = new();
    private readonly List<string> _undrawn = [];
    private readonly List<Evidence> _counted = [];
    private Action<string>? _drawn;

    public LearningState(HiveContext hive, IAgentView agents)
    {
        _hive = hive;
        _agents = agents;
        _known = hive.Table(LearningFeature.Proficiencies);
        _metrics = hive.Metrics.Of(static metrics => new LearningMetrics(metrics));
        hive.Before<AgentRegistered>(Leave);
        hive.On<AgentRecord>(Follow);
        hive.On<ProficiencyDrawn>((drawn, _, _) => Put(drawn));
        hive.On<LoadedDrawn>((_, _, _) => _undrawn.Clear());
        hive.On<ProficiencyChanged>((changed, _, _) => Record(changed));
        hive.Views.Add<IProficiencyView>(this, static (whole, limited, _) => new ReachableProficiencies(whole, limited));
        hive.Views.Add<ILearningView>(this, static (whole, _, _) => whole);
    }

    public IReadOnlyCollection<string> Undrawn => _undrawn;

    /// <summary>Whether the hive learns. If it does not, the declared proficiency counts alone.</summary>
    private bool IsOn => _hive.Options.Learning;

    public double? Draw(string agent, string capability) =>
        _draws.Count > 0 && _draws.TryGetValue((agent, capability), out var draw) ? draw : null;

    public void OnDraw(Action<string> drawn) => _drawn += drawn;

    public Proficiency? Evidence(string agent, string capability) => _known[agent]?[capability];

    public string? OldestDraw(string swarm, string capability, string except) => _order.Oldest(swarm, capability, except);

    public IReadOnlyDictionary<string, ProficiencyView>? Proficiencies(string agent)
    {
        if (!IsOn || _known[agent] is not { } known || _agents.Agent(agent) is not { } there) return null;
        return known.Capabilities.ToDictionary(k => k.Key, k => ProficiencyViews.Show(there.Capabilities[k.Key], k.Value, _hive.Now), StringComparer.Ordinal);
    }

    /// <summary>Adds what an outcome says about the capabilities that its task required.</summary>
    /// <param name="offset">The offset of the record that ended the attempt.</param>
    public void Add(string agent, IEnumerable<string> capabilities, Evidence evidence, long offset, DateTimeOffset at)
    {
        if (!IsOn || _agents.Agent(agent) is not { RemovedAt: null } there) return;
        string[] learned = [.. capabilities.Where(there.Capabilities.ContainsKey).Order(StringComparer.Ordinal)];
        if (learned.Length == 0) return;
        var known = _known[agent] ?? new() { Agent = agent, Seq = offset, Capabilities = new Dictionary<string, Proficiency>() };
        foreach (var capability in learned) known = known.With(capability, (known[capability] ?? Proficiency.None(at)).With(evidence, at));
        _known.Put(known);
        _counted.Add(evidence);
        _hive.Reactions.Enqueue(new FollowOutcome(agent, learned) { By = _hive.Hub });
    }

    public override Command? First() => IsOn && _undrawn.Count > 0 ? new DrawLoaded { By = _hive.Hub } : null;

    public override void EndLoad(DateTimeOffset now)
    {
        if (!IsOn) return;
        foreach (var agent in _agents.Agents.OrderBy(a => a.Seq)) Enter(agent.Id);
        _undrawn.AddRange(_known.Open.OrderBy(k => k.Seq).Select(k => k.Agent));
    }

    public override void Report(in TurnReport turn)
    {
        _metrics.Happened(turn, _counted);
        _counted.Clear();
    }

    public override void Reset()
    {
        _draws.Clear();
        _order.Clear();
        _undrawn.Clear();
        _counted.Clear();
    }

    private void Put(ProficiencyDrawn drawn)
    {
        _draws[(drawn.Agent, drawn.Capability)] = drawn.Value;
        _order.Drawn(_agents.Agent(drawn.Agent)!.Swarm, drawn.Capability, drawn.Agent);
        _metrics.Drawn();
        _drawn?.Invoke(drawn.Agent);
    }

    private void Record(ProficiencyChanged changed)
    {
        if (_known[changed.Agent] is { } known && known[changed.Capability] is { } recorded)
            _known.Put(known.With(changed.Capability, recorded with { Recorded = changed.To }));
    }

    // A handler of all records of agents runs after that of the agents, which is registered before.
    private void Follow(AgentRecord record, long offset, DateTimeOffset at)
    {
        if (record is AgentRegistered) Enter(record.Agent);
        else if (record is AgentRemoved) Remove(record.Agent);
    }

    private void Enter(string agent)
    {
        if (!IsOn || _agents.Agent(agent) is not { RemovedAt: null } there) return;
        foreach (var capability in there.Capabilities.Keys.Order(StringComparer.Ordinal)) _order.Drawn(there.Swarm, capability, agent);
    }

    // What an agent no longer declares is forgotten, so that its proficiencies are at most as many as its capabilities.
    private void Leave(AgentRegistered registered)
    {
        if (_agents.Agent(registered.Agent) is not { RemovedAt: null } before) return;
        var kept = before.Swarm == registered.Swarm ? registered.Capabilities.Keys.ToHashSet(StringComparer.Ordinal) : [];
        foreach (var capability in before.Capabilities.Keys.Where(c => !kept.Contains(c))) _order.Remove(before.Swarm, capability, before.Id);
        string[] gone = [.. before.Capabilities.Keys.Where(c => !registered.Capabilities.ContainsKey(c))];
        foreach (var capability in gone) _draws.Remove((before.Id, capability));
        if (_known[before.Id] is not { } known || !gone.Any(known.Capabilities.ContainsKey)) return;
        var left = known.Capabilities.Where(k => !gone.Contains(k.Key)).ToDictionary(StringComparer.Ordinal);
        if (left.Count == 0) _known.Remove(before.Id);
        else _known.Put(known with { Capabilities = left });
    }

    private void Remove(string agent)
    {
        var removed = _agents.Agent(agent)!;
        foreach (var capability in removed.Capabilities.Keys)
        {
            _order.Remove(removed.Swarm, capability, agent);
            _draws.Remove((agent, capability));
        }

        if (_known.Contains(agent)) _known.Remove(agent);
    }

    private sealed class ReachableProficiencies(IProficiencyView whole, IHiveView limited) : IProficiencyView
    {
        public IReadOnlyDictionary<string, ProficiencyView>? Proficiencies(string agent) =>
            limited.Agent(agent) is null ? null : whole.Proficiencies(agent);
    }
}
