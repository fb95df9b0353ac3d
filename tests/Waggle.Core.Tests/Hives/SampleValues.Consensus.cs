using Waggle.Core.Consensus;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static readonly string[] Colours = ["red", "green", "abstain"];

    private static readonly ProposalResult Outcome = new()
    {
        Outcome = "red",
        Reason = CloseReason.AllVoted,
        Counts = [new("red", 1, 1.5m), new("green", 1, 1.5m), new("abstain", 0, 0)],
        Voted = 2,
        VotedWeight = 3,
        QuorumReached = true,
        Margin = 0,
        DrawnFrom = ["red", "green"],
        WithdrawnBy = "ann",
    };

    public static ProposalEntity Proposal => new()
    {
        Id = "p1-7",
        Seq = 9,
        Swarm = "default",
        Question = "Which colour?",
        Options = Colours,
        Rule = VoteRule.Plurality,
        Threshold = 0.75m,
        Quorum = 0.5m,
        Tie = TieRule.Draw,
        Hidden = true,
        Changeable = true,
        CloseEarly = true,
        State = ProposalState.Accepted,
        OpenedAt = At,
        OpenedBy = "a1",
        OpenedByAgent = true,
        Deadline = At,
        Extensions = 2,
        ExtendedFrom = At,
        Electors = 2,
        Weight = 3,
        Electorate = [new() { Agent = "a1", Weight = 1.5m }, new() { User = "ann", Weight = 1.5m }],
        ClosedAt = At,
        Result = Outcome,
    };

    public static BallotEntity Ballot => new()
    {
        Seq = 10,
        Proposal = "p1-7",
        Agent = "a1",
        User = "ann",
        Weight = 1.5m,
        Choices = ["red"],
        Confidence = 0.75,
        Version = 2,
        CastAt = At,
        Deadline = At,
    };

    private static IEnumerable<RecordData> OfConsensus =>
    [
        new ProposalOpened
        {
            Proposal = "p1-7", Swarm = "default", Question = "Which colour?", Options = Colours, Rule = VoteRule.Plurality, Threshold = 0.75m, Quorum = 0.5m,
            Tie = TieRule.Draw, Hidden = true, Changeable = true, CloseEarly = true, Deadline = At, OpenedBy = "a1", OpenedByAgent = true, Electors = 2, Weight = 3,
        },
        new VoteRecorded { Proposal = "p1-7", Swarm = "default", Agent = "a1", User = "ann", Weight = 1.5m, Version = 2, Rule = VoteRule.Plurality, Choices = ["red"], Confidence = 0.75, Voted = 2, VotedWeight = 3 },
        new ProposalExtended
        {
            Proposal = "p1-7", Swarm = "default", Question = "Which colour?", Options = Colours, Rule = VoteRule.Plurality, Extension = 2, MaxExtensions = 3,
            Deadline = At, Tied = ["red", "green"], Voted = 2, VotedWeight = 3,
        },
        new ProposalClosed
        {
            Proposal = "p1-7", Swarm = "default", Question = "Which colour?", State = ProposalState.Accepted, Rule = VoteRule.Plurality, Result = Outcome,
            Electors = 2, Weight = 3,
        },
    ];
}
