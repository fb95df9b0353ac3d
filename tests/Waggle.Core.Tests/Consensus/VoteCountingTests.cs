using Waggle.Core.Consensus;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Consensus;

/// <summary>The rules on small electorates, and the early close against every way in which the others could still vote.</summary>
public sealed class VoteCountingTests
{
    [Theory]
    [InlineData(VoteRule.Simple, "yyn", ProposalState.Accepted)]
    [InlineData(VoteRule.Simple, "ynn", ProposalState.Rejected)]
    [InlineData(VoteRule.Simple, "yn-", ProposalState.Tied)]
    [InlineData(VoteRule.Simple, "yaa", ProposalState.Accepted)]
    [InlineData(VoteRule.Simple, "aaa", ProposalState.Rejected)]
    [InlineData(VoteRule.Simple, "y--", ProposalState.Expired)]
    [InlineData(VoteRule.Absolute, "yya", ProposalState.Accepted)]
    [InlineData(VoteRule.Absolute, "yaa", ProposalState.Rejected)]
    [InlineData(VoteRule.Absolute, "yy--", ProposalState.Expired)]
    [InlineData(VoteRule.Absolute, "yyn-", ProposalState.Rejected)]
    [InlineData(VoteRule.Supermajority, "yyn", ProposalState.Accepted)]
    [InlineData(VoteRule.Supermajority, "ynn", ProposalState.Rejected)]
    [InlineData(VoteRule.Supermajority, "yynna", ProposalState.Rejected)]
    [InlineData(VoteRule.Supermajority, "aaa", ProposalState.Rejected)]
    [InlineData(VoteRule.Unanimity, "yyy", ProposalState.Accepted)]
    [InlineData(VoteRule.Unanimity, "yya", ProposalState.Accepted)]
    [InlineData(VoteRule.Unanimity, "yyn", ProposalState.Rejected)]
    [InlineData(VoteRule.Unanimity, "yy-", ProposalState.Expired)]
    [InlineData(VoteRule.Unanimity, "n--", ProposalState.Rejected)]
    public void A_yes_no_rule_decides(VoteRule rule, string ballots, ProposalState expected)
    {
        var weights = new decimal[] { ballots.Count(b => b == 'y'), ballots.Count(b => b == 'n'), ballots.Count(b => b == 'a') };
        var terms = new VoteTerms(rule, 2, rule == VoteRule.Unanimity ? 1 : null, null, TieRule.Fail, ballots.Length);

        Assert.Equal(expected, VoteCounting.Evaluate(terms, weights, weights.Sum(), null).State);
    }

    [Theory]
    [InlineData("0.6", 6, 4, ProposalState.Accepted)]
    [InlineData("0.600001", 6, 4, ProposalState.Rejected)]
    [InlineData("1", 9, 0, ProposalState.Accepted)]
    public void A_threshold_is_a_share_that_suffices(string threshold, int yes, int no, ProposalState expected)
    {
        var share = decimal.Parse(threshold, System.Globalization.CultureInfo.InvariantCulture);
        var terms = new VoteTerms(VoteRule.Supermajority, 2, null, share, TieRule.Fail, yes + no);

        Assert.Equal(expected, VoteCounting.Evaluate(terms, [yes, no, 0], yes + no, null).State);
    }

    [Theory]
    [InlineData(TieRule.Fail, null, ProposalState.Tied, -1)]
    [InlineData(TieRule.FirstOption, null, ProposalState.Accepted, 1)]
    [InlineData(TieRule.Proposer, 4UL, ProposalState.Accepted, 2)]
    [InlineData(TieRule.Proposer, 1UL, ProposalState.Tied, -1)]
    [InlineData(TieRule.Proposer, 6UL, ProposalState.Tied, -1)]
    [InlineData(TieRule.Proposer, null, ProposalState.Tied, -1)]
    [InlineData(TieRule.Draw, null, ProposalState.Tied, -1)]
    public void A_tie_is_resolved_by_its_rule(TieRule tie, ulong? proposer, ProposalState expected, int winner)
    {
        var verdict = VoteCounting.Evaluate(new(VoteRule.Plurality, 3, null, null, tie, 5), [1, 2, 2, 0], 5, proposer);

        Assert.Equal((expected, winner), (verdict.State, verdict.Winner));
    }

    [Fact]
    public void A_proposal_is_decided_exactly_if_every_way_to_go_on_ends_the_same()
    {
        var decided = 0;
        Steps.Check(3000, 1, 1, seeds =>
        {
            var gen = new Gen(seeds[0]);
            var vote = new Vote(gen);
            var ends = vote.Ends().Distinct().ToArray();

            Assert.Equal(ends.Length == 1, vote.IsDecided);
            if (vote.IsDecided && vote.Waits) Interlocked.Increment(ref decided);
        });
        Assert.True(decided > 50, $"Only {decided} cases were decided before all had voted, so the property says little.");
    }

    /// <summary>An electorate of at most five in the middle of its vote.</summary>
    private sealed class Vote
    {
        private readonly VoteTerms _terms;
        private readonly decimal[] _electors;
        private readonly ulong?[] _ballots;
        private readonly bool _proposes;

        public Vote(Gen gen)
        {
            var rule = gen.Pick(Enum.GetValues<VoteRule>());
            var options = rule < VoteRule.Plurality ? 2 : gen.Int(2, 3);
            _electors = [.. gen.List(1, rule == VoteRule.Approval ? 4 : 5, () => gen.Pick(1m, 1m, 2m, 0.5m))];
            _terms = new(
                rule, options, gen.Maybe<decimal?>(() => gen.Pick(0m, 0.25m, 0.5m, 1m)), rule == VoteRule.Supermajority ? gen.Pick<decimal?>(null, 0.6m, 1m) : null,
                gen.Pick(TieRule.Fail, TieRule.FirstOption, TieRule.Proposer), _electors.Sum());
            _ballots = [.. _electors.Select(_ => gen.Maybe<ulong?>(() => gen.Pick(Choices()), 0.6))];

            // The first elector may be the proposer.
            _proposes = gen.Bool();
        }

        public bool Waits => _ballots.Contains(null);

        public bool IsDecided => Count(_ballots, VoteCounting.IsDecided);

        /// <summary>The outcomes of all ways in which those that have not voted vote, or do not.</summary>
        public IEnumerable<(ProposalState, int)> Ends() => Completions(_ballots, 0).Select(ballots => Count(ballots, VoteCounting.Evaluate)).Select(v => (v.State, v.Winner));

        private delegate T Counting<T>(in VoteTerms terms, ReadOnlySpan<decimal> weights, decimal voted, ulong? proposer);

        private ulong[] Choices()
        {
            var abstain = 1UL << _terms.Options;
            return _terms.Rule == VoteRule.Approval
                ? [.. Enumerable.Range(1, (1 << _terms.Options) - 1).Select(i => (ulong)i), abstain]
                : [.. Enumerable.Range(0, _terms.Options).Select(i => 1UL << i), abstain];
        }

        private T Count<T>(ulong?[] ballots, Counting<T> how)
        {
            var weights = new decimal[_terms.Options + 1];
            var voted = 0m;
            for (var i = 0; i < ballots.Length; i++)
            {
                if (ballots[i] is not { } choices) continue;
                voted += _electors[i];
                for (var option = 0; option < weights.Length; option++)
                {
                    if ((choices & (1UL << option)) != 0) weights[option] += _electors[i];
                }
            }

            return how(_terms, weights, voted, _proposes ? ballots[0] : null);
        }

        private IEnumerable<ulong?[]> Completions(ulong?[] ballots, int from)
        {
            if (from == ballots.Length) return [ballots];
            if (ballots[from] is not null) return Completions(ballots, from + 1);
            return Choices().Select(c => (ulong?)c).Append(null).SelectMany(choice =>
            {
                var next = (ulong?[])ballots.Clone();
                next[from] = choice;
                return Completions(next, from + 1);
            });
        }
    }
}
