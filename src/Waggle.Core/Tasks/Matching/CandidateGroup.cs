using Waggle.Core.Agents;
using Waggle.Core.Learning;

namespace Waggle.Core.Tasks.Matching;

/// <summary>The agents that have a set of capabilities, and the queues of the tasks that require exactly this set.</summary>
internal sealed class CandidateGroup(TaskNeed need)
{
    private readonly List<Candidate> _stale = [];
    private bool _lost;

    public string Key => need.GroupKey;

    public string Swarm => need.Swarm;

    public IReadOnlyList<string> Capabilities => need.Capabilities;

    /// <summary>The one agent of the group; null for a group of any agents.</summary>
    public string? AssignTo => need.AssignTo;

    /// <summary>The capability under which the swarm's agents find the group.</summary>
    public string? FiledUnder { get; set; }

    /// <summary>All agents that have the capabilities, connected or not.</summary>
    public Dictionary<string, Candidate> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>The members that are connected and take work, by proficiency.</summary>
    public RankTree<Candidate> Qualified { get; } = new();

    /// <summary>
    /// The waiting queues by share, and by the proficiency that they require, negated, so that "at most as much as this agent has" is a range to the end.
    /// </summary>
    public GroupQueues Queues { get; } = new();

    /// <summary>The requirements of waiting tasks by proficiency, negated as for the queues.</summary>
    public RankTree<Requirement> Requirements { get; } = new();

    /// <summary>The queues that prefer some agents to others.</summary>
    public HashSet<WaitingQueue> Choosy { get; } = [];

    public bool IsActive => Queues.Count > 0;

    /// <summary>
    /// Returns the proficiency that a need of this group requires. It is 0 for a named agent and for differing proficiencies, because every member of such a
    /// group has enough.
    /// </summary>
    public static double ThresholdOf(TaskNeed of) => of.AssignTo is null ? of.Least ?? 0 : 0;

    /// <summary>Returns the least of an agent's proficiencies; null for an agent that lacks a capability.</summary>
    public double? ProficiencyOf(AgentEntity agent)
    {
        if (need.Exclude?.Contains(agent.Id) == true) return null;
        if ((AssignTo is not null && AssignTo != agent.Id) || !Eligibility.Takes(need.Type, agent)) return null;
        var asksAll = AssignTo is null && need.Least is not null;
        if (!asksAll && !Eligibility.Able(need.Requires, agent)) return null;
        double? least = null;
        foreach (var capability in need.Capabilities)
        {
            if (!agent.Capabilities.TryGetValue(capability, out var proficiency)) return null;
            if (least is null || proficiency < least) least = proficiency;
        }

        return least ?? 1;
    }

    public void MarkStale(Candidate candidate)
    {
        if (candidate.IsStale) return;
        candidate.IsStale = true;
        _stale.Add(candidate);
    }

    public void Forget(Candidate candidate)
    {
        Members.Remove(candidate.Agent);
        Leave(candidate);
        if (candidate.IsStale) _stale.Remove(candidate);
    }

    /// <summary>Updates the agents that changed.</summary>
    public void Refresh(Func<string, AgentLiveness?> qualified, IProficiencyDraws draws)
    {
        foreach (var candidate in _stale)
        {
            candidate.IsStale = false;
            Look(candidate, qualified(candidate.Agent), draws);
        }

        _stale.Clear();
    }

    private void Look(Candidate candidate, AgentLiveness? presence, IProficiencyDraws draws)
    {
        if (presence is null)
        {
            Leave(candidate);
            return;
        }

        var counted = candidate.Counted;
        candidate.Look(presence, draws);
        _lost |= counted && !candidate.Counted;
        if (candidate.IsIn) Qualified.Update(candidate);
        else Qualified.Add(candidate);
        candidate.IsIn = true;
    }

    /// <summary>Returns whether an agent that took work is gone since the last call.</summary>
    public bool TakeLost()
    {
        var lost = _lost;
        _lost = false;
        return lost;
    }

    private void Leave(Candidate candidate)
    {
        if (!candidate.IsIn) return;
        Qualified.Remove(candidate);
        candidate.IsIn = false;
        _lost = true;
    }
}
