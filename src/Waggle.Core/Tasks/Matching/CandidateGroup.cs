using Waggle.Core.Agents;

namespace Waggle.Core.Tasks.Matching;

/// <summary>The agents that have a set of capabilities, and the queues of the tasks that ask for just these.</summary>
internal sealed class CandidateGroup(TaskNeed need)
{
    private readonly List<Candidate> _stale = [];
    private bool _lost;

    public string Key => need.GroupKey;

    public string Swarm => need.Swarm;

    public IReadOnlyList<string> Capabilities => need.Capabilities;

    /// <summary>The one agent that the group is about; null: any.</summary>
    public string? AssignTo => need.AssignTo;

    /// <summary>The capability under which its swarm's agents find it.</summary>
    public string? FiledUnder { get; set; }

    /// <summary>All that are able, here or not.</summary>
    public Dictionary<string, Candidate> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>Those of them that are here and take work, by proficiency.</summary>
    public RankTree<Candidate> Qualified { get; } = new();

    /// <summary>What waits for them, by how much it asks (negated, so that "at most as much as this agent has" is a range to the end).</summary>
    public RankTree<WaitingQueue> Queues { get; } = new();

    /// <summary>Queues that wait for some agents rather than others.</summary>
    public HashSet<WaitingQueue> Choosy { get; } = [];

    public bool IsActive => Queues.Count > 0;

    /// <summary>How much of its capabilities a need of this group asks; all members of the other groups have enough.</summary>
    public static double ThresholdOf(TaskNeed of) => of.AssignTo is null ? of.Least ?? 0 : 0;

    /// <summary>The least of an agent's proficiencies; null for one that is not able.</summary>
    public double? ProficiencyOf(AgentEntity agent)
    {
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

    /// <summary>Looks again at those that changed.</summary>
    public void Refresh(Func<string, AgentLiveness?> qualified)
    {
        foreach (var candidate in _stale)
        {
            candidate.IsStale = false;
            Look(candidate, qualified(candidate.Agent));
        }

        _stale.Clear();
    }

    private void Look(Candidate candidate, AgentLiveness? presence)
    {
        if (presence is null)
        {
            Leave(candidate);
            return;
        }

        var counted = candidate.Counted;
        candidate.Look(presence);
        _lost |= counted && !candidate.Counted;
        if (candidate.IsIn) Qualified.Update(candidate);
        else Qualified.Add(candidate);
        candidate.IsIn = true;
    }

    /// <summary>Whether one that took work is gone since this was asked.</summary>
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
