using System.Text.Json.Serialization;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Opens a proposal.</summary>
public sealed record VoteOpen : ClientMessage
{
    public override string Type => "vote.open";

    public required ProposalSpec Proposal { get; init; }
}

/// <summary>Casts or changes the ballot of the connection's agent, or of its user if it has no agent.</summary>
public sealed record VoteCast : ClientMessage
{
    public override string Type => "vote.cast";

    public required string Proposal { get; init; }

    /// <summary>Exactly one option; with the rule <c>approval</c>, one or more.</summary>
    public required IReadOnlyList<string> Choices { get; init; }

    /// <summary>0 to 1. It is kept with the ballot and changes no count.</summary>
    public double? Confidence { get; init; }

    /// <summary>The agent that the client believes to vote for. The hub refuses any other agent than the session's.</summary>
    public string? Agent { get; init; }
}

/// <summary>Ends a proposal without an outcome.</summary>
public sealed record VoteWithdraw : ClientMessage
{
    public override string Type => "vote.withdraw";

    public required string Proposal { get; init; }
}

public sealed record VoteShow : ClientMessage
{
    public override string Type => "vote.show";

    public required string Proposal { get; init; }
}

/// <summary>Lists proposals, the newest first.</summary>
public sealed record VoteList : ClientMessage
{
    public override string Type => "vote.list";

    /// <summary>Only those of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>Only those in this state.</summary>
    public ProposalState? State { get; init; }

    /// <summary>The cursor of the previous page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

/// <summary>Lists the ballots of a proposal in the order of the first votes. Their choices are null while they are hidden.</summary>
public sealed record VoteBallots : ClientMessage
{
    public override string Type => "vote.ballots";

    public required string Proposal { get; init; }

    /// <summary>The cursor of the previous page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

/// <summary>Asks a worker for the vote of its agent. A worker without a handler leaves it unanswered, and the agent does not vote.</summary>
public sealed record VoteRequested : HubMessage
{
    public override string Type => "vote.requested";

    public required string Proposal { get; init; }
    public required string Swarm { get; init; }
    public required string Question { get; init; }

    /// <summary>All that a ballot may name; <c>abstain</c> is the last.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>With <see cref="VoteRule.Approval"/>, a ballot may name several options.</summary>
    public required VoteRule Rule { get; init; }
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>How often a tie has moved the deadline. Above 0, the hub also asks electors that have voted and may change their votes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Extensions { get; init; }
}
