using Waggle.Core.Agents;
using Waggle.Core.Learning;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Matching;

/// <summary>An agent in a <see cref="CandidateGroup"/>, with its credit at the group's last update.</summary>
internal sealed class Candidate(CandidateGroup group, AgentEntity agent, double proficiency) : IRanked<Candidate>
{
    private int _free;
    private int _slots;
    private long _lastAssigned;
    private double _score;
    private double? _draw;

    public CandidateGroup Group => group;

    public string Agent { get; } = agent.Id;

    /// <summary>The least of the agent's proficiencies in the capabilities of the group; 1 if the group requires none.</summary>
    public double Key => proficiency;

    public long Seq { get; } = agent.Seq;

    /// <summary>Whether the agent has credit.</summary>
    public bool Ready => _free > 0;

    /// <summary>Whether the agent takes work, even if it is busy.</summary>
    public bool Counted => _slots > 0;

    /// <summary>Whether the agent is among the qualified ones of its group.</summary>
    public bool IsIn { get; set; }

    /// <summary>Whether the agent changed since the group's last update.</summary>
    public bool IsStale { get; set; }

    public bool Precedes(Candidate other)
    {
        if (!_score.Equals(other._score)) return _score > other._score;
        return _lastAssigned != other._lastAssigned ? _lastAssigned < other._lastAssigned : Seq < other.Seq;
    }

    public void Look(AgentLiveness presence, IProficiencyDraws draws)
    {
        _draw = DrawOf(draws);
        (_free, _slots, _lastAssigned) = (presence.Free, presence.Slots, presence.LastAssigned);
        _score = Eligibility.Score(_draw ?? proficiency, FreeShare);
    }

    public AssignmentReason Reason(int candidates, bool avoided) =>
        new(_score, group.Capabilities.Count == 0 ? null : proficiency, Math.Round(FreeShare, 4), candidates, avoided) { Draw = _draw };

    // The least over the required capabilities; a capability without a draw counts as declared.
    private double? DrawOf(IProficiencyDraws draws)
    {
        double? least = null;
        var isDrawn = false;
        foreach (var capability in group.Capabilities)
        {
            var draw = draws.Draw(Agent, capability);
            isDrawn |= draw is not null;
            var value = draw ?? agent.Capabilities[capability];
            if (least is null || value < least) least = value;
        }

        return isDrawn ? least : null;
    }

    private double FreeShare => _slots == 0 ? 0 : (double)_free / _slots;
}
