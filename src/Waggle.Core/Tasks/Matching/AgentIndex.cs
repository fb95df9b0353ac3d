using Waggle.Core.Agents;
using Waggle.Core.Learning;
using Waggle.Core.Topology;

namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// The agents, indexed by the properties that tasks require. The index notes a change of an agent at once. Groups with waiting tasks examine it before the
/// matcher runs, other groups at their next use.
/// </summary>
/// <param name="unaddressed">Which agents receive tasks that name no agent.</param>
/// <param name="bars">The agents that get no tasks.</param>
/// <param name="draws">The draws by which agents are compared.</param>
internal sealed class AgentIndex(IAgentView state, IUnaddressedWork unaddressed, Agenda agenda, WorkBars bars, IProficiencyDraws draws)
{
    // The index keeps groups without waiting tasks for the next task of their kind, up to this number of members in all.
    private const int MostMembers = 200_000;

    private readonly Dictionary<string, CandidateGroup> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SwarmAgents> _swarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Filed> _filed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private readonly Dictionary<CandidateGroup, double> _watched = [];
    private readonly List<Requirement> _changed = [];
    private int _members;

    /// <summary>Notes a change of an agent's credit or of a property that tasks require.</summary>
    public void Touch(string agent) => _touched.Add(agent);

    /// <summary>Returns the up-to-date group that a need belongs to.</summary>
    public CandidateGroup GroupOf(TaskNeed need)
    {
        Sync();
        if (!_groups.TryGetValue(need.GroupKey, out var group)) group = Make(need);
        group.Refresh(Qualified, draws);
        return group;
    }

    /// <summary>Returns the number of agents that qualify, regardless of their load.</summary>
    public int CountQualified(TaskNeed need, IReadOnlyCollection<string>? except = null)
    {
        var (group, least) = (GroupOf(need), CandidateGroup.ThresholdOf(need));
        var count = group.Qualified.CountFrom(least).All;
        foreach (var agent in except?.Distinct(StringComparer.Ordinal) ?? [])
        {
            if (group.Members.GetValueOrDefault(agent) is { IsIn: true } member && member.Key >= least) count--;
        }

        return count;
    }

    public int CountIn(string swarm)
    {
        Sync();
        return _swarms.GetValueOrDefault(swarm)?.Ids.Count ?? 0;
    }

    /// <summary>
    /// Returns the agents that take the type and have any of the capabilities. If none has, it returns the first agent by id that takes the type.
    /// </summary>
    public IEnumerable<AgentEntity> Near(string swarm, IReadOnlyDictionary<string, double>? requires, string? type)
    {
        Sync();
        if (_swarms.GetValueOrDefault(swarm) is not { Ids.Count: > 0 } agents) return [];
        var able = requires is null ? [] : requires.Keys.SelectMany(c => agents.With(c)).ToHashSet(StringComparer.Ordinal);
        var near = able.Select(id => state.Agent(id)!).Where(a => Eligibility.Takes(type, a)).ToArray();
        return near.Length > 0 ? near : agents.Ids.Select(id => state.Agent(id)!).Where(a => Eligibility.Takes(type, a)).Take(1);
    }

    /// <summary>Adds the candidates of an agent with credit in the groups with waiting tasks.</summary>
    public void Waiting(string agent, List<Candidate> into)
    {
        into.Clear();
        foreach (var member in _filed.GetValueOrDefault(agent)?.Memberships ?? [])
        {
            if (member is { IsIn: true, Ready: true } && member.Group.IsActive) into.Add(member);
        }
    }

    /// <summary>Notes that an agent gets a task of a share, for the time of all groups that the agent belongs to.</summary>
    /// <returns>Whether a task of another share waits for the agent. A share that waits alone takes nothing from another.</returns>
    public bool Serve(string agent, FairShare share)
    {
        if (!_filed.TryGetValue(agent, out var filed)) return false;
        var isContended = false;
        foreach (var member in filed.Memberships) isContended |= member.Group.Queues.HasOtherThan(share);
        if (!isContended) return false;
        filed.Time = Math.Max(filed.Time, share.Pass);
        foreach (var member in filed.Memberships) member.Group.Queues.Reach(filed.Time);
        return true;
    }

    /// <summary>Applies the noted changes to the groups with waiting tasks.</summary>
    public void Sync()
    {
        unaddressed.Sync();
        if (_touched.Count == 0) return;
        foreach (var id in _touched)
        {
            agenda.Agents.Add(id);
            File(id);
        }

        _touched.Clear();
        foreach (var (group, before) in _watched)
        {
            group.Refresh(Qualified, draws);
            Compare(group, before);
        }

        _watched.Clear();
    }

    public void Clear()
    {
        _groups.Clear();
        _swarms.Clear();
        _filed.Clear();
        _touched.Clear();
        _members = 0;
    }

    // Finds the requirements between the best proficiency before and the best now: those that no agent met until now, and those that none meets any more.
    private void Compare(CandidateGroup group, double before)
    {
        var after = group.Qualified.MaxKey;
        if (!after.Equals(before))
        {
            _changed.Clear();
            group.Requirements.Collect(-Math.Max(before, after), -Math.Min(before, after), _changed);
            foreach (var requirement in _changed) agenda.Requirements.Add(requirement);
        }

        if (!group.TakeLost()) return;
        foreach (var queue in group.Choosy) agenda.Queues.Add(queue);
    }

    private AgentLiveness? Qualified(string id) =>
        state.Agent(id) is { } agent && state.Presence(id) is { } presence && Eligibility.TakesWork(agent, presence) && !bars.Bars(id) ? presence : null;

    private void File(string id)
    {
        var agent = state.Agent(id) is { RemovedAt: null } there ? there : null;
        if (_filed.TryGetValue(id, out var filed))
        {
            if (agent is not null && agent.Seq == filed.Seq && agent.Swarm == filed.Swarm && ReferenceEquals(agent.Capabilities, filed.Capabilities)
                && ReferenceEquals(agent.Types, filed.Types) && unaddressed.TakesUnaddressed(agent) == filed.TakesUnaddressed)
            {
                foreach (var member in filed.Memberships)
                {
                    Watch(member.Group);
                    member.Group.MarkStale(member);
                }

                return;
            }

            Unfile(id, filed);
        }

        if (agent is null) return;
        var time = filed?.Swarm == agent.Swarm ? filed.Time : 0;
        if (!_swarms.TryGetValue(agent.Swarm, out var swarm)) _swarms[agent.Swarm] = swarm = new SwarmAgents();
        swarm.Add(id, agent.Capabilities);
        filed = _filed[id] = new Filed(agent.Seq, agent.Swarm, agent.Capabilities, agent.Types, unaddressed.TakesUnaddressed(agent), []) { Time = time };
        foreach (var group in swarm.GroupsFor(agent)) Join(group, agent, filed);
    }

    private void Unfile(string id, Filed filed)
    {
        _filed.Remove(id);
        _members -= filed.Memberships.Count;
        foreach (var member in filed.Memberships)
        {
            Watch(member.Group);
            member.Group.Forget(member);
        }

        _swarms[filed.Swarm].Remove(id, filed.Capabilities);
    }

    private void Watch(CandidateGroup group)
    {
        if (group.IsActive) _watched.TryAdd(group, group.Qualified.MaxKey);
    }

    private void Join(CandidateGroup group, AgentEntity agent, Filed filed)
    {
        if ((group.AssignTo is null && !filed.TakesUnaddressed) || group.ProficiencyOf(agent) is not { } proficiency) return;
        Watch(group);
        var member = group.Members[agent.Id] = new Candidate(group, agent, proficiency);
        filed.Memberships.Add(member);
        _members++;
        group.MarkStale(member);
        group.Queues.Reach(filed.Time);
    }

    private CandidateGroup Make(TaskNeed need)
    {
        if (_members > MostMembers) Trim();
        if (!_swarms.TryGetValue(need.Swarm, out var swarm)) _swarms[need.Swarm] = swarm = new SwarmAgents();
        var group = _groups[need.GroupKey] = new CandidateGroup(need);
        foreach (var id in swarm.Open(group)) Join(group, state.Agent(id)!, _filed[id]);
        return group;
    }

    private void Trim()
    {
        foreach (var group in _groups.Values.Where(g => !g.IsActive).ToArray())
        {
            _groups.Remove(group.Key);
            _swarms[group.Swarm].Close(group);
            _members -= group.Members.Count;
            foreach (var member in group.Members.Values) _filed[member.Agent].Memberships.Remove(member);
        }
    }

    private sealed record Filed(
        long Seq,
        string Swarm,
        IReadOnlyDictionary<string, double> Capabilities,
        IReadOnlyList<string>? Types,
        bool TakesUnaddressed,
        List<Candidate> Memberships)
    {
        /// <summary>The greatest counter of a share at an assignment to the agent, before that assignment.</summary>
        public double Time { get; set; }
    }
}
