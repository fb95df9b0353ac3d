using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>Builds the views of proposals and ballots.</summary>
internal static class ProposalViews
{
    public static Effect Missing(string id) => Decision.Reject(ErrorCodes.NotFound, $"There is no proposal '{id}'.");

    /// <param name="box">The ballots of an open proposal; null if it is closed, or if its ballots are not at hand.</param>
    public static ProposalView Of(ProposalEntity p, BallotBox? box) => new()
    {
        Id = p.Id,
        Swarm = p.Swarm,
        Question = p.Question,
        Options = p.Options,
        Rule = p.Rule,
        Threshold = p.Threshold,
        Quorum = p.Quorum,
        Tie = p.Tie,
        Hidden = p.Hidden,
        Changeable = p.Changeable,
        CloseEarly = p.CloseEarly,
        State = p.State,
        OpenedAt = p.OpenedAt,
        OpenedBy = p.OpenedBy,
        Deadline = p.Deadline,
        Extensions = p.Extensions,
        Electors = p.Electors,
        Weight = p.Weight,
        Voted = p.Result?.Voted ?? box?.Voted,
        VotedWeight = p.Result?.VotedWeight ?? box?.VotedWeight,
        Counts = p.Result is null && !p.Hidden ? box?.Counts : null,
        Electorate = p.Electorate,
        ClosedAt = p.ClosedAt,
        Result = p.Result,
    };

    public static BallotView Of(BallotEntity b, bool hidden) => new()
    {
        Proposal = b.Proposal,
        Agent = b.Agent,
        User = b.User,
        Weight = b.Weight,
        Choices = hidden ? null : b.Choices,
        Confidence = hidden ? null : b.Confidence,
        Version = b.Version,
        CastAt = b.CastAt,
    };
}
