using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>Computes the stored entities from a record. Pure.</summary>
internal static class ConsensusEvolver
{
    /// <summary>The proposal without its electorate, which <see cref="ElectorateKept"/> brings.</summary>
    public static ProposalEntity Open(ProposalOpened r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Proposal,
        Seq = offset,
        Swarm = r.Swarm!,
        Question = r.Question,
        Options = r.Options,
        Rule = r.Rule,
        Threshold = r.Threshold,
        Quorum = r.Quorum,
        Tie = r.Tie,
        Hidden = r.Hidden,
        Changeable = r.Changeable,
        CloseEarly = r.CloseEarly,
        State = ProposalState.Open,
        OpenedAt = at,
        OpenedBy = r.OpenedBy,
        OpenedByAgent = r.OpenedByAgent,
        Deadline = r.Deadline,
        Electors = r.Electors,
        Weight = r.Weight,
        Electorate = [],
    };

    public static ProposalEntity Extend(ProposalEntity proposal, ProposalExtended r) =>
        proposal with { Deadline = r.Deadline, Extensions = r.Extension, ExtendedFrom = proposal.Deadline };

    public static ProposalEntity Close(ProposalEntity proposal, ProposalClosed r, DateTimeOffset at) =>
        proposal with { State = r.State, ClosedAt = at, Result = r.Result };

    /// <param name="before">The elector's ballot so far; its version is 0 before the first vote.</param>
    public static BallotEntity Ballot(ProposalEntity proposal, BallotBox.Ballot before, BallotKept r, long offset, DateTimeOffset at) => new()
    {
        Seq = before.Version == 0 ? offset : before.Seq,
        Proposal = proposal.Id,
        Agent = r.Agent,
        User = r.User,
        Weight = before.Weight,
        Choices = r.Choices,
        Confidence = r.Confidence,
        Version = before.Version + 1,
        CastAt = at,
        Deadline = proposal.LastDeadline,
    };
}
