using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>The terms by which the ballots of a proposal are counted.</summary>
/// <param name="Options">The number of options without <c>abstain</c>. With a yes/no rule, <c>yes</c> is the first and <c>no</c> the second.</param>
/// <param name="Quorum">The share of the weight that has to vote; null for more than half.</param>
/// <param name="Threshold">The share of the weight that <c>yes</c> needs; null for exactly two thirds.</param>
/// <param name="Weight">The weight of the whole electorate.</param>
internal readonly record struct VoteTerms(VoteRule Rule, int Options, decimal? Quorum, decimal? Threshold, TieRule Tie, decimal Weight)
{
    /// <summary>Whether electors may change their votes until the close.</summary>
    public bool Changeable { get; init; }

    public bool IsYesNo => Rule < VoteRule.Plurality;

    public static VoteTerms Of(ProposalEntity p) => new(p.Rule, p.Options.Count - 1, p.Quorum, p.Threshold, p.Tie, p.Weight) { Changeable = p.Changeable };

    public bool HasQuorum(decimal voted) => Quorum is { } share ? voted >= share * Weight : voted * 2 > Weight;
}

/// <param name="Winner">The index of the option that won; -1 in every state but accepted.</param>
/// <param name="Tied">The options that share the greatest weight, as bits; 0 without a tie, or if the tie rule resolved it.</param>
internal readonly record struct Verdict(ProposalState State, int Winner, ulong Tied = 0);
