using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>
/// A proposal. It is in memory while it is open. Its ballots are entities of their own, so that a ballot does not write the electorate again.
/// </summary>
public sealed record ProposalEntity
{
    public static EntityKind Entity { get; } = new("proposal", ["swarm", "state"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required string Swarm { get; init; }
    public required string Question { get; init; }
    public required IReadOnlyList<string> Options { get; init; }
    public required VoteRule Rule { get; init; }
    public decimal? Threshold { get; init; }
    public decimal? Quorum { get; init; }
    public required TieRule Tie { get; init; }
    public required bool Hidden { get; init; }
    public required bool Changeable { get; init; }
    public required bool CloseEarly { get; init; }
    public required ProposalState State { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public required string OpenedBy { get; init; }

    /// <summary>Whether <see cref="OpenedBy"/> is an agent.</summary>
    public required bool OpenedByAgent { get; init; }
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>How often a tie has moved the deadline.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Extensions { get; init; }

    /// <summary>The deadline before the last extension, from which it counts; null without one.</summary>
    public DateTimeOffset? ExtendedFrom { get; init; }
    public required int Electors { get; init; }
    public required decimal Weight { get; init; }

    /// <summary>The electorate as it was frozen at the opening, each with a weight.</summary>
    public required IReadOnlyList<Elector> Electorate { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public ProposalResult? Result { get; init; }

    [JsonIgnore]
    public EntityKey Key => KeyOf(Id);

    /// <summary>Whether a tie at the deadline moves it.</summary>
    [JsonIgnore]
    internal bool Extends => Tie == TieRule.Extend && Extensions < Limits.MaxTieExtensions;

    /// <summary>The deadline after one more extension.</summary>
    [JsonIgnore]
    internal DateTimeOffset NextDeadline => Deadline + Period;

    /// <summary>The deadline if every tie that may move it does.</summary>
    [JsonIgnore]
    internal DateTimeOffset LastDeadline => Extends ? Deadline + (Period * (Limits.MaxTieExtensions - Extensions)) : Deadline;

    private TimeSpan Period => Deadline - (ExtendedFrom ?? OpenedAt);

    internal static EntityKey KeyOf(string id) => new(Entity.Name, id);
}

/// <summary>
/// The ballot of one elector. It is closed from the start, with the last possible deadline as the time of its closing, so no restart loads it by itself and
/// retention keeps it at least as long as the proposal is open.
/// </summary>
public sealed record BallotEntity
{
    /// <summary>The index column by which the ballots of a proposal are found.</summary>
    internal const string ProposalColumn = "proposal";

    public static EntityKind Entity { get; } = new("ballot", [ProposalColumn]);

    public int V { get; init; } = 1;
    public required long Seq { get; init; }
    public required string Proposal { get; init; }
    public string? Agent { get; init; }
    public string? User { get; init; }
    public required decimal Weight { get; init; }
    public required IReadOnlyList<string> Choices { get; init; }
    public double? Confidence { get; init; }
    public required int Version { get; init; }
    public required DateTimeOffset CastAt { get; init; }
    public required DateTimeOffset Deadline { get; init; }

    [JsonIgnore]
    public string Id => IdOf(Proposal, Agent, User);

    [JsonIgnore]
    internal string Voter => Voters.KeyOf(Agent, User);

    internal static string IdOf(string proposal, string? agent, string? user) =>
        $"{proposal}/{(agent is null ? "u" : "a")}/{Audience.SegmentOf(agent ?? user!)}";

    /// <summary>Returns the key of the ballot that a principal casts.</summary>
    internal static EntityKey KeyOf(string proposal, Principal by) => new(Entity.Name, IdOf(proposal, by.Agent, by.User));
}

/// <summary>The identities of voters as one text: agents and users have names of their own.</summary>
internal static class Voters
{
    public static string KeyOf(string? agent, string? user) => agent is null ? $"user:{user}" : $"agent:{agent}";

    public static string KeyOf(Elector elector) => KeyOf(elector.Agent, elector.User);

    /// <summary>The voter that a principal is: the agent that it acts for, else its user.</summary>
    public static string KeyOf(Principal by) => KeyOf(by.Agent, by.User);

    public static string ProposerOf(ProposalEntity proposal) =>
        proposal.OpenedByAgent ? KeyOf(proposal.OpenedBy, null) : KeyOf(null, proposal.OpenedBy);
}
