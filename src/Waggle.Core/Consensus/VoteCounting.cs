using System.Numerics;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>
/// Decides a proposal by the weights of its options. Weights are decimal numbers of six places, so sums are exact in any order and a restart counts the same.
/// </summary>
internal static class VoteCounting
{
    private const int Yes = 0;
    private const int No = 1;
    private const ulong None = 0;

    /// <summary>Returns the outcome if there are no further votes.</summary>
    /// <param name="weights">The weight for each option.</param>
    /// <param name="voted">The weight of all ballots, abstentions included.</param>
    /// <param name="proposer">The options of the proposer's ballot, as bits; null if the proposer has not voted.</param>
    public static Verdict Evaluate(in VoteTerms terms, ReadOnlySpan<decimal> weights, decimal voted, ulong? proposer)
    {
        if (terms.HasQuorum(voted)) return ByRule(terms, weights, proposer ?? None);

        // Without a quorum nothing is accepted. What could not be accepted with all the missing ballots is rejected all the same.
        return terms.IsYesNo && With(terms, weights, Yes, terms.Weight - voted, proposer).State == ProposalState.Rejected
            ? new(ProposalState.Rejected, -1)
            : new(ProposalState.Expired, -1);
    }

    /// <summary>
    /// Whether no ballot of those that have not voted can change the outcome. A tie that gives more time is undecided as long as votes may be changed.
    /// </summary>
    public static bool IsDecided(in VoteTerms terms, ReadOnlySpan<decimal> weights, decimal voted, ulong? proposer)
    {
        var rest = terms.Weight - voted;
        var now = Evaluate(terms, weights, voted, proposer);
        if (rest == 0) return now.Tied == 0 || terms.Tie != TieRule.Extend || !terms.Changeable;
        if (!terms.HasQuorum(voted)) return now.State == ProposalState.Rejected;

        // The state grows with yes and falls with no, so the two extremes enclose every other case.
        if (terms.IsYesNo)
            return With(terms, weights, Yes, rest, proposer) is var best && best.State == now.State
                && With(terms, weights, No, rest, proposer).State == now.State;
        if (now.Winner < 0) return false;
        for (var option = 0; option < terms.Options; option++)
        {
            if (option == now.Winner) continue;
            if (weights[option] + rest > weights[now.Winner]) return false;
            if (With(terms, weights, option, rest, proposer).Winner != now.Winner) return false;
        }

        return true;
    }

    /// <summary>The weight of the first option minus that of the second.</summary>
    public static decimal Margin(ReadOnlySpan<decimal> weights, int options)
    {
        decimal first = 0, second = 0;
        foreach (var weight in weights[..options])
        {
            if (weight > first) (first, second) = (weight, first);
            else if (weight > second) second = weight;
        }

        return first - second;
    }

    // A ballot of the proposer is among those that are missing: it would be for the same option.
    private static Verdict With(in VoteTerms terms, ReadOnlySpan<decimal> weights, int option, decimal more, ulong? proposer)
    {
        Span<decimal> then = stackalloc decimal[terms.Options];
        weights[..terms.Options].CopyTo(then);
        then[option] += more;
        return ByRule(terms, then, proposer ?? 1UL << option);
    }

    private static Verdict ByRule(in VoteTerms terms, ReadOnlySpan<decimal> weights, ulong proposer)
    {
        if (!terms.IsYesNo) return Greatest(terms, weights, proposer);
        var (yes, no) = (weights[Yes], weights[No]);
        return terms.Rule switch
        {
            VoteRule.Simple => Greatest(terms, weights, proposer) switch
            {
                { Winner: No } => new(ProposalState.Rejected, -1),
                var verdict => verdict,
            },
            VoteRule.Absolute => YesIf(yes * 2 > terms.Weight),
            VoteRule.Supermajority => YesIf(yes > 0 && (terms.Threshold is { } share ? yes >= share * (yes + no) : yes * 3 >= (yes + no) * 2)),
            _ => YesIf(yes > 0 && no == 0),
        };
    }

    private static Verdict YesIf(bool accepted) => accepted ? new(ProposalState.Accepted, Yes) : new(ProposalState.Rejected, -1);

    private static Verdict Greatest(in VoteTerms terms, ReadOnlySpan<decimal> weights, ulong proposer)
    {
        var most = 0m;
        var first = None;
        for (var option = 0; option < terms.Options; option++)
        {
            if (weights[option] > most) (most, first) = (weights[option], None);
            if (weights[option] == most) first |= 1UL << option;
        }

        if (most == 0) return new(ProposalState.Rejected, -1);
        if (BitOperations.IsPow2(first)) return Won(first);
        return terms.Tie switch
        {
            TieRule.FirstOption => Won(first),
            TieRule.Proposer when BitOperations.IsPow2(first & proposer) => Won(first & proposer),
            _ => new(ProposalState.Tied, -1, first),
        };
    }

    private static Verdict Won(ulong options) => new(ProposalState.Accepted, BitOperations.TrailingZeroCount(options));
}
