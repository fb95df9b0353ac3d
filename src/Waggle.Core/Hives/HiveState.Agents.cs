using Waggle.Core.Agents;
using Waggle.Core.Tasks;

namespace Waggle.Core.Hives;

internal sealed partial class HiveState
{
    private readonly Dictionary<string, AgentEntity> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _secrets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AgentLiveness> _presence = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (IAgentLink? Link, int Slots)> _presenceBefore = new(StringComparer.Ordinal);
    private readonly List<string> _removed = [];

    /// <summary>How many agents are here, see <see cref="AgentLiveness.IsHere"/>.</summary>
    public int AgentsHere { get; private set; }

    public IEnumerable<AgentEntity> Agents => _agents.Values;

    public AgentEntity? Agent(string id) => _agents.GetValueOrDefault(id);

    public string? SecretOf(string agent) => _secrets.GetValueOrDefault(agent);

    public AgentLiveness? Presence(string agent) => _presence.GetValueOrDefault(agent);

    /// <summary>An agent as it was stored. It gets one full period to be heard of.</summary>
    public void Load(AgentEntity agent, DateTimeOffset now)
    {
        _agents[agent.Id] = agent;
        var presence = PresenceOf(agent.Id);
        Candidates.Touch(agent.Id);
        if (!presence.IsHere && presence.Heard) AgentsHere++;
        presence.Online = true;
        presence.Unresponsive = false;
        presence.LastSeenAt = presence.SilentSince = now;
        Rearm(agent.Id);
    }

    /// <summary>Its worker's connection is gone, if it is still the one that counts.</summary>
    public void Forget(DetachAgent detach)
    {
        if (Presence(detach.Agent) is { } presence && ReferenceEquals(presence.Link, detach.Link)) presence.Link = null;
        Candidates.Touch(detach.Agent);
    }

    public void Load(AgentSecret secret) => _secrets[secret.Agent] = secret.Sha256;

    /// <summary>Sets the agent's timer to the first thing that can happen to it.</summary>
    public void Rearm(string agent)
    {
        if (!_agents.ContainsKey(agent) || Presence(agent) is not { } presence) return;
        DateTimeOffset? due = presence.Online ? presence.SilentSince + _options.AgentOfflineAfter
            : presence.Holding.Count == 0 ? presence.SilentSince + (_secrets.ContainsKey(agent) ? _options.AgentRetention : _options.DeclaredRetention)
            : null;
        foreach (var task in presence.Holding)
        {
            if (LeaseUntil(task) is { } until && (due is null || until < due)) due = until;
        }

        Timers.Set(new(AgentEntity.Entity.Name, agent), due);
    }

    /// <summary>Whether any worker is expected to be heard of: one is online, or a lease is in force.</summary>
    public bool Listens => _leaseUntil.Count > 0 || AgentsHere > 0;

    /// <summary>Nobody could be heard until now: each lease and each agent that is online gets one full period, as after a restart.</summary>
    public void GrantFullPeriod(DateTimeOffset now)
    {
        foreach (var held in _leaseUntil.Keys.ToArray())
        {
            var until = now + _tasks[held].Spec.Lease(_options);
            if (until > _leaseUntil[held]) _leaseUntil[held] = until;
        }

        foreach (var (agent, presence) in _presence)
        {
            if (presence.Online) presence.SilentSince = now;
            Rearm(agent);
        }
    }

    private void Apply(AgentRecord record, long offset, DateTimeOffset at)
    {
        if (record is AgentStatusChanged) return;
        Candidates.Touch(record.Agent);
        switch (record)
        {
            case AgentRegistered registered:
                _agents[record.Agent] = AgentEvolver.Register(Agent(record.Agent), registered, offset, at);
                _removed.Remove(record.Agent);
                var presence = PresenceOf(record.Agent);
                if (presence.LastSeenAt != default) break;

                // Whose worker never came is forgotten like one that left.
                presence.LastSeenAt = presence.SilentSince = at;
                Rearm(record.Agent);
                break;
            default:
                _agents[record.Agent] = AgentEvolver.Evolve(_agents[record.Agent], record, at);
                if (record is not AgentRemoved) break;
                _removed.Add(record.Agent);
                if (_secrets.ContainsKey(record.Agent)) _dirty.Add(new(AgentSecret.Entity.Name, record.Agent));
                break;
        }

        _dirty.Add(new(AgentEntity.Entity.Name, record.Agent));
    }

    private void ApplyPresence(AgentChange change)
    {
        switch (change)
        {
            case AgentAttached attached:
                var presence = Remembered(attached.Agent);
                presence.Link = attached.Link;
                presence.Slots = attached.Slots;
                Candidates.Touch(attached.Agent);
                Seen(attached.Agent, attached.At);
                break;
            case AgentDetached detached:
                Detach(detached.Agent);
                break;
            case AgentSeen seen:
                Seen(seen.Agent, seen.At);
                break;
            case AgentWentOffline offline:
                var gone = PresenceOf(offline.Agent);
                if (gone.IsHere) AgentsHere--;
                gone.Online = false;
                Candidates.Touch(offline.Agent);
                break;
            case AgentUnresponsive silent:
                PresenceOf(silent.Agent).Unresponsive = true;
                Candidates.Touch(silent.Agent);
                break;
            case CreditChanged credit:
                Remembered(credit.Agent).Slots = credit.Slots;
                Candidates.Touch(credit.Agent);
                break;
            case SecretSet secret:
                _secrets[secret.Agent] = secret.Sha256;
                _dirty.Add(new(AgentSecret.Entity.Name, secret.Agent));
                break;
        }
    }

    private void Seen(string agent, DateTimeOffset at)
    {
        var presence = PresenceOf(agent);
        if (!presence.IsHere) AgentsHere++;
        if (!presence.Online || presence.Unresponsive) Candidates.Touch(agent);
        presence.Online = true;
        presence.Heard = true;
        presence.Unresponsive = false;
        presence.LastSeenAt = presence.SilentSince = at;
        Timers.SetEarlier(new(AgentEntity.Entity.Name, agent), at + _options.AgentOfflineAfter);
    }

    private void CountFor(string agent, string outcome, long? workedMs)
    {
        if (Agent(agent) is not { RemovedAt: null } known) return;
        var counted = AgentEvolver.Count(known, outcome, workedMs);
        if (ReferenceEquals(counted, known)) return;
        _agents[agent] = counted;
        _dirty.Add(counted.Key);
    }

    private AgentLiveness PresenceOf(string agent)
    {
        if (!_presence.TryGetValue(agent, out var presence)) _presence[agent] = presence = new();
        return presence;
    }

    /// <summary>Removed agents leave memory once their removal is durable.</summary>
    private void ForgetRemoved()
    {
        foreach (var agent in _removed)
        {
            _agents.Remove(agent);
            _secrets.Remove(agent);
            ForgetPresence(agent);
            Candidates.Touch(agent);
            Timers.Set(new(AgentEntity.Entity.Name, agent), null);
        }

        _removed.Clear();
        _presenceBefore.Clear();
    }

    // Keeps what the presence was before this batch: a batch that is not stored did not attach anybody either.
    private AgentLiveness Remembered(string agent)
    {
        var presence = PresenceOf(agent);
        _presenceBefore.TryAdd(agent, (presence.Link, presence.Slots));
        return presence;
    }

    // The end of a connection is a fact, whether its batch is stored or not.
    private void Detach(string agent)
    {
        var presence = PresenceOf(agent);
        if (_presenceBefore.TryGetValue(agent, out var before) && ReferenceEquals(before.Link, presence.Link))
            _presenceBefore[agent] = (null, before.Slots);
        presence.Link = null;
        Candidates.Touch(agent);
    }

    // Who is connected is known to nobody else: links and credit outlive a reload, as they were before the batch that failed.
    private void ResetAgents()
    {
        _agents.Clear();
        Candidates.Clear();
        _secrets.Clear();
        _removed.Clear();
        foreach (var presence in _presence.Values) presence.Holding.Clear();
        foreach (var (agent, (link, slots)) in _presenceBefore)
        {
            var presence = PresenceOf(agent);
            presence.Link = link;
            presence.Slots = slots;
        }

        _presenceBefore.Clear();
    }

    private void ForgetUnknown()
    {
        foreach (var agent in _presence.Keys.Where(a => !_agents.ContainsKey(a)).ToArray()) ForgetPresence(agent);
    }

    private void ForgetPresence(string agent)
    {
        if (_presence.Remove(agent, out var presence) && presence.IsHere) AgentsHere--;
    }
}
