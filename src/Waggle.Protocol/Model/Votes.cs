using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The rule by which ballots decide a proposal. Abstentions count for the quorum and for no option.</summary>
[JsonConverter(typeof(SnakeCaseEnum<VoteRule>))]
public enum VoteRule
{
    /// <summary>Accepted if the weight for <c>yes</c> is greater than the weight for <c>no</c>.</summary>
    Simple,

    /// <summary>Accepted if more than half of the weight of the whole electorate is for <c>yes</c>.</summary>
    Absolute,

    /// <summary>Accepted if at least a share of the weight for <c>yes</c> and <c>no</c> is for <c>yes</c>: two thirds, or the threshold.</summary>
    Supermajority,

    /// <summary>Accepted if no ballot is for <c>no</c> and one is for <c>yes</c>. Without a quorum of its own, the whole electorate has to vote.</summary>
    Unanimity,

    /// <summary>The option with the greatest weight wins; each ballot names one option.</summary>
    Plurality,

    /// <summary>The option with the greatest weight wins; each ballot names one or more options.</summary>
    Approval,
}

/// <summary>The rule that decides between options with the same weight.</summary>
[JsonConverter(typeof(SnakeCaseEnum<TieRule>))]
public enum TieRule
{
    /// <summary>No rule decides: the proposal ends <c>tied</c>.</summary>
    Fail,

    /// <summary>The first of them in the list of options wins.</summary>
    FirstOption,

    /// <summary>The proposer's ballot decides if it names exactly one of them; otherwise the proposal ends <c>tied</c>.</summary>
    Proposer,

    /// <summary>A draw at the close decides. The result names the options among which it was drawn.</summary>
    Draw,

    /// <summary>
    /// A tie at the deadline moves the deadline by the time from the opening to the first one, at most <see cref="Limits.MaxTieExtensions"/> times; after that,
    /// and when no ballot can come or change any more, the proposal ends <c>tied</c>.
    /// </summary>
    Extend,
}

[JsonConverter(typeof(SnakeCaseEnum<ProposalState>))]
public enum ProposalState
{
    Open,
    Accepted,
    Rejected,
    Tied,

    /// <summary>The quorum was not reached before the deadline.</summary>
    Expired,
    Withdrawn,
}

/// <summary>The reason why a proposal closed.</summary>
[JsonConverter(typeof(SnakeCaseEnum<CloseReason>))]
public enum CloseReason
{
    Deadline,

    /// <summary>The whole electorate had voted.</summary>
    AllVoted,

    /// <summary>No ballot of the electors that had not voted could change the outcome.</summary>
    Decided,
    Withdrawn,
}

/// <summary>An agent or a user that may vote on a proposal, with a weight.</summary>
public sealed record Elector
{
    /// <summary>The agent's id; null for a user.</summary>
    public string? Agent { get; init; }

    /// <summary>The user's subject, as tokens carry it; null for an agent.</summary>
    public string? User { get; init; }

    /// <summary>The weight of the vote, 0.000001 to 1,000,000 with at most six decimal places; null for 1.</summary>
    public decimal? Weight { get; init; }
}

/// <summary>A proposal as its proposer describes it.</summary>
public sealed record ProposalSpec
{
    /// <summary>
    /// The id of the proposal; left out: the hub gives one. The same caller may repeat the request; a different proposal with the id is ALREADY_EXISTS.
    /// </summary>
    public string? Id { get; init; }

    public required string Question { get; init; }

    /// <summary>The swarm that the proposal concerns; null for <c>default</c>.</summary>
    public string? Swarm { get; init; }

    /// <summary>
    /// The options for <see cref="VoteRule.Plurality"/> and <see cref="VoteRule.Approval"/>; null for <c>yes</c> and <c>no</c>. Every proposal also has the
    /// option <c>abstain</c>.
    /// </summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>The rule; null for <c>simple</c>, or for <c>plurality</c> if the proposal has options.</summary>
    public VoteRule? Rule { get; init; }

    /// <summary>The share for <see cref="VoteRule.Supermajority"/>, above 0 and at most 1; null for exactly two thirds.</summary>
    public decimal? Threshold { get; init; }

    /// <summary>
    /// The share of the electorate's weight that has to vote, 0 to 1; null for more than half, or for all of it with <see cref="VoteRule.Unanimity"/>.
    /// </summary>
    public decimal? Quorum { get; init; }

    /// <summary>The rule that decides between options with the same weight; null for <c>fail</c>.</summary>
    public TieRule? Tie { get; init; }

    /// <summary>The electors, at most 10,000; null for the swarm's agents that are online when the proposal opens, with equal weights.</summary>
    public IReadOnlyList<Elector>? Electorate { get; init; }

    /// <summary>The time at which the proposal closes. Either this or <see cref="DeadlineMs"/> is required.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The time between the opening and the close in milliseconds, by the hub's clock.</summary>
    public long? DeadlineMs { get; init; }

    /// <summary>Whether the choices stay hidden until the close; null for true.</summary>
    public bool? Hidden { get; init; }

    /// <summary>Whether an elector may change its vote until the close; null for true.</summary>
    public bool? Changeable { get; init; }

    /// <summary>Whether the proposal closes as soon as no outstanding ballot can change the outcome; null for true.</summary>
    public bool? CloseEarly { get; init; }

    /// <summary>The idempotency key: a repeated request of the same caller with the same key opens no second proposal.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>The ballots for one option.</summary>
public sealed record OptionCount(string Option, int Ballots, decimal Weight);

/// <summary>The end of a proposal.</summary>
public sealed record ProposalResult
{
    /// <summary>The option that won, <c>yes</c> for a yes/no rule; null in every state but <c>accepted</c>.</summary>
    public string? Outcome { get; init; }
    public required CloseReason Reason { get; init; }

    /// <summary>The ballots and weights of each option; empty for a withdrawn proposal with hidden ballots.</summary>
    public required IReadOnlyList<OptionCount> Counts { get; init; }

    /// <summary>The number of ballots, abstentions included.</summary>
    public required int Voted { get; init; }
    public required decimal VotedWeight { get; init; }
    public required bool QuorumReached { get; init; }

    /// <summary>The weight of the first option minus the weight of the second; null for a withdrawn proposal.</summary>
    public decimal? Margin { get; init; }

    /// <summary>The options among which the outcome was drawn; null without a draw.</summary>
    public IReadOnlyList<string>? DrawnFrom { get; init; }
    public string? WithdrawnBy { get; init; }
}

/// <summary>The view of a proposal.</summary>
public sealed record ProposalView
{
    public required string Id { get; init; }
    public required string Swarm { get; init; }
    public required string Question { get; init; }

    /// <summary>The options that a ballot may name; <c>abstain</c> is the last.</summary>
    public required IReadOnlyList<string> Options { get; init; }
    public required VoteRule Rule { get; init; }

    /// <summary>Null for two thirds, and for rules without a threshold.</summary>
    public decimal? Threshold { get; init; }

    /// <summary>The share of the electorate's weight that has to vote; null for more than half.</summary>
    public decimal? Quorum { get; init; }
    public required TieRule Tie { get; init; }
    public required bool Hidden { get; init; }
    public required bool Changeable { get; init; }
    public required bool CloseEarly { get; init; }
    public required ProposalState State { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public required string OpenedBy { get; init; }
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>How often a tie has moved the deadline, with <see cref="TieRule.Extend"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Extensions { get; init; }

    /// <summary>The number of electors, and their weight together.</summary>
    public required int Electors { get; init; }
    public required decimal Weight { get; init; }

    /// <summary>The number of electors that have voted, and their weight. Null in a list if the hub's loop did not answer in time.</summary>
    public int? Voted { get; init; }
    public decimal? VotedWeight { get; init; }

    /// <summary>The ballots so far of an open proposal whose ballots are not hidden; else null.</summary>
    public IReadOnlyList<OptionCount>? Counts { get; init; }

    /// <summary>The electorate; null in lists.</summary>
    public IReadOnlyList<Elector>? Electorate { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public ProposalResult? Result { get; init; }

    /// <summary>Whether an earlier request with the same idempotency key opened it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Duplicate { get; init; }
}

/// <summary>The view of a ballot.</summary>
public sealed record BallotView
{
    public required string Proposal { get; init; }
    public string? Agent { get; init; }
    public string? User { get; init; }
    public required decimal Weight { get; init; }

    /// <summary>Null while the ballots of the proposal are hidden; the reply to the voter itself has them.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>The confidence that the voter stated, 0 to 1; null if it stated none or the ballot is hidden. It changes no count.</summary>
    public double? Confidence { get; init; }

    /// <summary>1 for the first vote, one more with every change.</summary>
    public required int Version { get; init; }
    public required DateTimeOffset CastAt { get; init; }
}
