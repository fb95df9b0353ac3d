using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>A change of a proposal.</summary>
public abstract record ProposalRecord : RecordData
{
    [JsonIgnore]
    public override string Topic => field ??= $"proposal.{Proposal}";

    public required string Proposal { get; init; }
}

/// <summary>A proposal is open. The record has the size of the electorate; the proposal's view lists it.</summary>
public sealed record ProposalOpened : ProposalRecord
{
    [JsonIgnore]
    public override string Kind => "proposal_opened";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Proposal, Proposal);

    public required string Question { get; init; }
    public required IReadOnlyList<string> Options { get; init; }
    public required VoteRule Rule { get; init; }
    public decimal? Threshold { get; init; }
    public decimal? Quorum { get; init; }
    public required TieRule Tie { get; init; }
    public required bool Hidden { get; init; }
    public required bool Changeable { get; init; }
    public required bool CloseEarly { get; init; }
    public required DateTimeOffset Deadline { get; init; }
    public required string OpenedBy { get; init; }
    public required bool OpenedByAgent { get; init; }
    public required int Electors { get; init; }
    public required decimal Weight { get; init; }
}

/// <summary>An elector voted, or changed its vote.</summary>
public sealed record VoteRecorded : ProposalRecord
{
    [JsonIgnore]
    public override string Kind => "vote_cast";

    public string? Agent { get; init; }
    public string? User { get; init; }
    public required decimal Weight { get; init; }

    /// <summary>1 for the first vote, one more with every change.</summary>
    public required int Version { get; init; }

    /// <summary>The rule of the proposal. Earlier versions did not store it.</summary>
    public VoteRule? Rule { get; init; }

    /// <summary>Null for a proposal with hidden ballots: its ballots are readable after the close.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>The voter's confidence from 0 to 1; null if it gave none, and for a proposal with hidden ballots.</summary>
    public double? Confidence { get; init; }

    /// <summary>The number of electors that have voted, this one included, and their weight.</summary>
    public required int Voted { get; init; }
    public required decimal VotedWeight { get; init; }
}

/// <summary>The options were tied at the deadline, which the tie rule moved.</summary>
public sealed record ProposalExtended : ProposalRecord
{
    [JsonIgnore]
    public override string Kind => "proposal_extended";

    public required string Question { get; init; }
    public required IReadOnlyList<string> Options { get; init; }
    public required VoteRule Rule { get; init; }

    /// <summary>1 for the first extension, and how many there are at most.</summary>
    public required int Extension { get; init; }
    public required int MaxExtensions { get; init; }

    /// <summary>The deadline from now on.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>The options with the same weight; null while the ballots are hidden.</summary>
    public IReadOnlyList<string>? Tied { get; init; }

    /// <summary>The number of electors that have voted, and their weight.</summary>
    public required int Voted { get; init; }
    public required decimal VotedWeight { get; init; }
}

/// <summary>A proposal ended. Its ballots are readable from now on, except those of a withdrawn proposal with hidden ballots.</summary>
public sealed record ProposalClosed : ProposalRecord
{
    [JsonIgnore]
    public override string Kind => "proposal_closed";

    public required string Question { get; init; }
    public required ProposalState State { get; init; }
    public required VoteRule Rule { get; init; }
    public required ProposalResult Result { get; init; }
    public required int Electors { get; init; }
    public required decimal Weight { get; init; }
}

/// <summary>The electorate of a proposal. It is neither logged nor published; the commit of the record stores it with the proposal.</summary>
internal sealed record ElectorateKept(string Proposal, IReadOnlyList<Elector> Electorate) : InternalData;

/// <summary>The content of a ballot. It is neither logged nor published; the commit of the record stores it as the ballot.</summary>
internal sealed record BallotKept(
    string Proposal, string? Agent, string? User, IReadOnlyList<string> Choices, ulong Mask, double? Confidence) : InternalData;
