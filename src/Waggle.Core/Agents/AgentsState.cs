using Waggle.Core.Kernel;

namespace Waggle.Core.Agents;

/// <summary>
/// The agents, their secrets, and their state in memory: connections, credit, leases. Connections and credit outlive a reload as they were before the batch
/// that failed, because no store holds them.
/// </summary>
internal sealed class AgentsState : FeatureState, IAgentView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<AgentEntity> _agents;
    private readonly EntityTable<AgentSecret> _secrets;
    private readonly PresenceTable _presence = new();
    private readonly LeaseTable _leases = new();
    private readonly SwarmMembers _members = new();
    private readonly List<string> _removed = [];
    private Action<string>? _changed;
    private Action<AgentEntity, string>? _counted;
    private long _assignments;

    public AgentsState(HiveContext hive)
    {
        _hive = hive;
        _agents = hive.Table(AgentFeature.Agents);
        _secrets = hive.Table(AgentFeature.Secrets, s => new(_agents[s.Agent]!.Seq, _agents[s.Agent]!.RemovedAt, []));
        _ = new AgentMessages(hive, this);
        hive.On<AgentRecord>(Apply);
        hive.On<AgentAttached>((attached, _, _) => Attach(attached));
        hive.On<AgentDetached>((detached, _, _) => Detach(detached.Agent));
        hive.On<AgentSeen>((seen, _, _) => Seen(seen.Agent, seen.At));
        hive.On<AgentWentOffline>((offline, _, _) => GoOffline(offline.Agent));
        hive.On<AgentUnresponsive>((silent, _, _) => Change(silent.Agent).Unresponsive = true);
        hive.On<CreditChanged>((credit, _, _) => SetCredit(credit));
        hive.On<SecretSet>((secret, _, _) => _secrets.Put(new(secret.Agent, secret.Sha256)));
        hive.Views.Add<IAgentView>(this, static (whole, _, by) => new ReachableAgents(whole, by));
    }

    public IEnumerable<AgentEntity> Agents => _agents.Open;

    public IReadOnlyCollection<string> AgentsIn(string swarm) => _members.Of(swarm);

    /// <summary>The number of agents that are here, see <see cref="AgentLiveness.IsHere"/>.</summary>
    public int OnlineCount => _presence.OnlineCount;

    /// <summary>Registers a callback for changes of an agent's credit and of the properties that tasks require.</summary>
    public void OnChange(Action<string> changed) => _changed += changed;

    /// <summary>Registers a callback for the end of an attempt: the agent, and the outcome of <see cref="Waggle.Protocol.Model.AttemptOutcomes"/>.</summary>
    public void OnCount(Action<AgentEntity, string> counted) => _counted += counted;

    public override bool AwaitsReports => _leases.Count > 0 || OnlineCount > 0;

    public AgentEntity? Agent(string id) => _agents[id];

    public string? SecretOf(string agent) => _secrets[agent]?.Sha256;

    public AgentLiveness? Presence(string agent) => _presence[agent];

    public DateTimeOffset? LeaseUntil(string task) => _leases.Until(task);

    public bool IsAcknowledged(string task) => _leases.IsAcknowledged(task);

    /// <summary>Gives the agent a task.</summary>
    /// <param name="period">The time by which a renewal extends the lease.</param>
    public void Hold(string agent, string task, TimeSpan period)
    {
        var presence = _presence.Of(agent);
        presence.Holding.Add(task);
        presence.LastAssigned = ++_assignments;
        _leases.Add(task, agent, period);
        _changed?.Invoke(agent);
    }

    /// <summary>Takes a task from the agent.</summary>
    public void Release(string agent, string task)
    {
        _presence.Of(agent).Holding.Remove(task);
        _leases.Remove(task);
        _changed?.Invoke(agent);
    }

    /// <summary>Sets the end of a task's lease. For a task that no agent holds, the call does nothing.</summary>
    public void Extend(string task, DateTimeOffset until, bool byWorker)
    {
        if (_leases.Extend(task, until, byWorker) is { } agent) _hive.Timers.SetEarlier(new(AgentEntity.Entity.Name, agent), until);
    }

    /// <summary>Adds the end of an attempt to the agent's record of service.</summary>
    public void Count(string agent, string outcome, long? workedMs)
    {
        if (Agent(agent) is not { RemovedAt: null } known) return;
        _counted?.Invoke(known, outcome);
        var counted = AgentEvolver.Count(known, outcome, workedMs);
        if (!ReferenceEquals(counted, known)) _agents.Put(counted);
    }

    /// <summary>Notes a sign of life. Every message of an agent's worker is one.</summary>
    public void Heard(string agent, Action<RecordData> apply)
    {
        if (Agent(agent) is not { RemovedAt: null } known || Presence(agent) is not { } presence) return;
        var back = !presence.Online;
        if (!back && presence.LastSeenAt == _hive.Now) return;
        apply(new AgentSeen(agent, _hive.Now));
        if (known.Failure is not null) apply(AgentViews.Registered(known));
        if (back) apply(AgentViews.Status(known, _hive));
    }

    // Each agent gets one full period in which its worker can send a message.
    public override void EndLoad(DateTimeOffset now)
    {
        _presence.ForgetAllBut(_agents);
        foreach (var agent in _agents.Open)
        {
            _presence.Assume(agent.Id, now);
            _members.Follow(null, agent);
            _changed?.Invoke(agent.Id);
            Rearm(agent.Id);
        }
    }

    public override void EndBatch()
    {
        foreach (var agent in _removed)
        {
            _presence.Forget(agent);
            _changed?.Invoke(agent);
            _hive.Timers.Set(new(AgentEntity.Entity.Name, agent), null);
        }

        _removed.Clear();
        _presence.EndBatch();
    }

    public override void Reset()
    {
        _removed.Clear();
        _leases.Clear();
        _members.Clear();
        _presence.Reset();
    }

    // The connection has ended, whether the batch with that fact is stored or not.
    public override void Abandon(Command command, DateTimeOffset now)
    {
        if (command is not DetachAgent detach) return;
        if (Presence(detach.Agent) is { } presence && ReferenceEquals(presence.Link, detach.Link)) presence.Link = null;
        _changed?.Invoke(detach.Agent);
    }

    public override void GrantFullPeriod(DateTimeOffset now)
    {
        _leases.GrantFullPeriod(now);
        foreach (var (agent, presence) in _presence.All)
        {
            if (presence.Online) presence.SilentSince = now;
            Rearm(agent);
        }
    }

    private void Apply(AgentRecord record, long offset, DateTimeOffset at)
    {
        if (record is AgentStatusChanged) return;
        _changed?.Invoke(record.Agent);
        if (record is AgentRegistered registered)
        {
            Register(registered, offset, at);
            return;
        }

        Put(AgentEvolver.Evolve(_agents[record.Agent]!, record, at));
        if (record is not AgentRemoved) return;
        _removed.Add(record.Agent);
        if (_secrets[record.Agent] is { } secret) _secrets.Put(secret);
    }

    private void Put(AgentEntity agent)
    {
        _members.Follow(Agent(agent.Id), agent);
        _agents.Put(agent);
    }

    private void Register(AgentRegistered registered, long offset, DateTimeOffset at)
    {
        var id = registered.Agent;
        Put(AgentEvolver.Register(Agent(id), registered, offset, at));
        if (_removed.Remove(id) && _secrets[id] is { } secret) _secrets.Put(secret);
        var presence = _presence.Of(id);
        if (presence.LastSeenAt != default) return;

        // The hub removes an agent whose worker never came like one that left.
        presence.LastSeenAt = presence.SilentSince = at;
        Rearm(id);
    }

    private void Attach(AgentAttached attached)
    {
        var presence = _presence.Remember(attached.Agent);
        presence.Link = attached.Link;
        presence.Slots = attached.Slots;
        presence.Polls = attached.Poll;
        _changed?.Invoke(attached.Agent);
        Seen(attached.Agent, attached.At);
    }

    private void Detach(string agent)
    {
        _presence.Detach(agent);
        _changed?.Invoke(agent);
    }

    private void GoOffline(string agent)
    {
        _presence.GoOffline(agent);
        _changed?.Invoke(agent);
    }

    private void SetCredit(CreditChanged credit)
    {
        _presence.Remember(credit.Agent).Slots = credit.Slots;
        _changed?.Invoke(credit.Agent);
    }

    private void Seen(string agent, DateTimeOffset at)
    {
        if (_presence.Seen(agent, at)) _changed?.Invoke(agent);
        _hive.Timers.SetEarlier(new(AgentEntity.Entity.Name, agent), at + _hive.Options.AgentOfflineAfter);
    }

    private AgentLiveness Change(string agent)
    {
        _changed?.Invoke(agent);
        return _presence.Of(agent);
    }

    /// <summary>Sets the agent's timer to the first event that can be due for it.</summary>
    public void Rearm(string agent)
    {
        if (_agents[agent] is null || Presence(agent) is not { } presence) return;
        var options = _hive.Options;
        DateTimeOffset? due = presence.Online ? presence.SilentSince + options.AgentOfflineAfter
            : presence.Holding.Count == 0 ? presence.SilentSince + (_secrets.Contains(agent) ? options.AgentRetention : options.DeclaredRetention)
            : null;
        foreach (var task in presence.Holding)
        {
            if (LeaseUntil(task) is { } until && (due is null || until < due)) due = until;
        }

        _hive.Timers.Set(new(AgentEntity.Entity.Name, agent), due);
    }
}
