using Waggle.Core.Consensus;
using Waggle.Core.Notifications;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Consensus;

/// <summary>
/// Whoever votes, changes its vote and comes too late, with commits that fail and hubs that restart: the result is that of a plain count of the last votes.
/// </summary>
public sealed class ConsensusPropertyTests
{
    private const int Sequences = 400;
    private static readonly string[] Users = ["u1", "u2", "u3", "u4", "u5"];
    private static readonly decimal[] Weights = [1, 1, 2, 0.5m, 3];

    [Fact]
    public void A_proposal_ends_as_a_plain_count_of_its_votes_says() => Steps.Check(Sequences, least: 1, most: 30, seeds =>
    {
        var run = new Run(new Gen(seeds[0]));
        foreach (var seed in seeds) run.Step(seed);
        run.End();
    });

    private sealed class Run
    {
        private readonly Gen _gen;
        private readonly TestHive _hive = new();
        private readonly Dictionary<string, string[]> _votes = [];
        private readonly ProposalView _proposal;
        private readonly bool _changeable;

        public Run(Gen gen)
        {
            _gen = gen;
            _changeable = gen.Bool(0.8);
            var rule = gen.Pick(Enum.GetValues<VoteRule>());
            _proposal = _hive.Ok(new OpenProposal(new ProposalSpec
            {
                Question = "Which?",
                Rule = rule,
                Options = rule < VoteRule.Plurality ? null : ["red", "green", "blue"],
                Quorum = gen.Maybe<decimal?>(() => gen.Pick(0m, 0.25m, 0.6m, 1m)),
                Electorate = [.. Users.Zip(Weights, (u, w) => new Elector { User = u, Weight = w })],
                DeadlineMs = 60_000,
                Tie = gen.Pick(TieRule.Fail, TieRule.Extend),
                Changeable = _changeable,
                CloseEarly = gen.Bool(0.3),
                Hidden = gen.Bool(),
            })
            { By = TestHive.User });
        }

        public void Step(int seed)
        {
            _gen.Reseed(seed);
            switch (_gen.Int(0, 9))
            {
                case 0: _hive.Restart(); break;
                case 1: _hive.Advance(TimeSpan.FromSeconds(_gen.Int(0, 10))); break;
                case 2: Fail(); break;
                default: Vote(); break;
            }
        }

        public void End()
        {
            for (var i = 0; i < 1 + Limits.MaxTieExtensions; i++) _hive.Advance(TimeSpan.FromMinutes(1));
            var view = _hive.Ok(new ShowProposal(_proposal.Id) { By = TestHive.User });
            var result = view.Result!;
            Assert.Equal(Plain(), (view.State, result.Outcome));
            Assert.Equal(_votes.Count, result.Voted);
            Assert.Equal(Voted, result.VotedWeight);
            foreach (var option in _proposal.Options) Assert.Equal(For(option), result.Counts.Single(c => c.Option == option).Weight);
            var stored = _hive.Store.Entities().Where(e => e.Kind == "ballot").Select(ConsensusFeature.Ballots.Parse).ToDictionary(b => b.User!, b => b.Choices);
            Assert.Equal(_votes.OrderBy(v => v.Key).Select(v => (v.Key, string.Join(',', v.Value))), stored.OrderBy(v => v.Key).Select(v => (v.Key, string.Join(',', v.Value))));
            Assert.Single(_hive.All.OfType<ProposalClosed>());
            Extensions(view);
        }

        // A tie moves the deadline a bounded number of times, and ends the proposal only when no time is left or no ballot can come or change.
        private void Extensions(ProposalView view)
        {
            var records = _hive.All.OfType<ProposalExtended>().ToArray();
            Assert.Equal(Enumerable.Range(1, view.Extensions), records.Select(r => r.Extension));
            Assert.Equal(Enumerable.Range(1, view.Extensions).Select(n => _proposal.Deadline.AddMinutes(n)), records.Select(r => r.Deadline));
            Assert.InRange(view.Extensions, 0, view.Tie == TieRule.Extend ? Limits.MaxTieExtensions : 0);
            if (view is { State: ProposalState.Tied, Tie: TieRule.Extend })
                Assert.True(view.Extensions == Limits.MaxTieExtensions || (!_changeable && _votes.Count == Users.Length));
        }

        private decimal Voted => _votes.Keys.Sum(WeightOf);

        private static decimal WeightOf(string user) => Weights[Array.IndexOf(Users, user)];

        private decimal For(string option) => _votes.Where(v => v.Value.Contains(option)).Sum(v => WeightOf(v.Key));

        private void Vote()
        {
            var (user, choices) = (_gen.Pick(Users), Choices());
            var open = _hive.State.Proposal(_proposal.Id) is { State: ProposalState.Open } now && _hive.Now < now.Deadline;
            var decision = _hive.Do(new CastBallot(_proposal.Id, choices) { By = Principal.Local("default", user) });
            var same = _votes.TryGetValue(user, out var before) && before.ToHashSet().SetEquals(choices);
            var expected = same ? null : !open ? ErrorCodes.VoteClosed : before is not null && !_changeable ? ErrorCodes.AlreadyVoted : null;
            Assert.Equal(expected, decision.Error?.Code);
            if (decision.Error is null && !same) _votes[user] = choices;
        }

        // A commit that fails loses the vote, and its sender knows it.
        private void Fail()
        {
            _hive.Store.FailNextCommit();
            if (_hive.Turn(new CastBallot(_proposal.Id, Choices()) { By = Principal.Local("default", "u1") }) is null) return;
            Assert.Null(_hive.Turn(new SendNotification(NotificationLevel.Info, "This commit fails.") { By = TestHive.User }));
        }

        private string[] Choices()
        {
            if (_proposal.Rule != VoteRule.Approval || _gen.Bool(0.2)) return [_gen.Pick<string>([.. _proposal.Options])];
            string[] some = [.. _proposal.Options.SkipLast(1).Where(_ => _gen.Bool())];
            return some is [] ? ["red"] : some;
        }

        private (ProposalState, string?) Plain()
        {
            var all = Weights.Sum();
            var quorum = _proposal.Quorum is { } share ? Voted >= share * all : Voted > all / 2;
            var (yes, no) = (For("yes"), For("no"));
            return _proposal.Rule switch
            {
                VoteRule.Simple when yes + (all - Voted) < no && !quorum => (ProposalState.Rejected, null),
                VoteRule.Absolute when 2 * (yes + (all - Voted)) <= all && !quorum => (ProposalState.Rejected, null),
                VoteRule.Supermajority when !quorum && 3 * (yes + (all - Voted)) < 2 * (yes + (all - Voted) + no) => (ProposalState.Rejected, null),
                VoteRule.Unanimity when no > 0 => (ProposalState.Rejected, null),
                _ when !quorum => (ProposalState.Expired, null),
                VoteRule.Simple when yes == no => (yes == 0 ? ProposalState.Rejected : ProposalState.Tied, null),
                VoteRule.Simple => yes > no ? (ProposalState.Accepted, "yes") : (ProposalState.Rejected, null),
                VoteRule.Absolute => yes > all / 2 ? (ProposalState.Accepted, "yes") : (ProposalState.Rejected, null),
                VoteRule.Supermajority => yes > 0 && yes * 3 >= (yes + no) * 2 ? (ProposalState.Accepted, "yes") : (ProposalState.Rejected, null),
                VoteRule.Unanimity => yes > 0 ? (ProposalState.Accepted, "yes") : (ProposalState.Rejected, null),
                _ => Greatest(),
            };
        }

        private (ProposalState, string?) Greatest()
        {
            var sums = _proposal.Options.SkipLast(1).Select(o => (Option: o, Weight: For(o))).OrderByDescending(o => o.Weight).ToArray();
            if (sums[0].Weight == 0) return (ProposalState.Rejected, null);
            return sums[0].Weight == sums[1].Weight ? (ProposalState.Tied, null) : (ProposalState.Accepted, sums[0].Option);
        }
    }
}
