using Waggle.Core.Consensus;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Consensus;

/// <summary>The tie rule <c>extend</c>: a tie gives the electors more time, and not for ever.</summary>
public sealed class TieExtensionTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_tie_moves_the_deadline_three_times_by_its_first_length_and_then_ends_the_proposal()
    {
        var proposal = Open(Named("ann", "bob") with { Tie = TieRule.Extend, Hidden = false, DeadlineMs = 60_000 });
        Cast(proposal, "ann", "yes");
        Cast(proposal, "bob", "no");
        Assert.Equal(ProposalState.Open, Show(proposal).State);

        for (var extension = 1; extension <= 3; extension++)
        {
            _hive.Advance(TimeSpan.FromMinutes(1));
            var extended = _hive.Replies<ProposalExtended>();
            Assert.Equal((extension, 3, proposal.OpenedAt.AddMinutes(1 + extension), 2), (extended.Extension, extended.MaxExtensions, extended.Deadline, extended.Voted));
            Assert.Equal(["yes", "no"], extended.Tied);
            var now = Show(proposal);
            Assert.Equal((ProposalState.Open, extension, extended.Deadline), (now.State, now.Extensions, now.Deadline));
            _hive.Restart();
        }

        _hive.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((ProposalState.Tied, CloseReason.Deadline), (Show(proposal).State, Show(proposal).Result!.Reason));
        Assert.Equal(3, _hive.All.OfType<ProposalExtended>().Count());
    }

    [Fact]
    public void A_changed_vote_in_the_time_that_a_tie_gave_decides_at_once_and_hidden_ballots_stay_hidden()
    {
        var proposal = Open(Named("ann", "bob") with { Tie = TieRule.Extend });
        Cast(proposal, "ann", "yes");
        Cast(proposal, "bob", "no");
        _hive.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_hive.Replies<ProposalExtended>().Tied);

        Cast(proposal, "bob", "yes");

        Assert.Equal((ProposalState.Accepted, 1), (Show(proposal).State, Show(proposal).Extensions));
    }

    [Fact]
    public void A_tie_that_no_ballot_can_change_gives_no_more_time()
    {
        var final = Open(Named("ann", "bob") with { Tie = TieRule.Extend, Changeable = false });
        Cast(final, "ann", "yes");
        Cast(final, "bob", "no");
        Assert.Equal(ProposalState.Tied, Show(final).State);

        var waiting = Open(Named("ann", "bob", "cat") with { Tie = TieRule.Extend, Changeable = false });
        Cast(waiting, "ann", "yes");
        Cast(waiting, "bob", "no");
        _hive.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, Show(waiting).Extensions);
        Cast(waiting, "cat", "no");
        Assert.Equal(ProposalState.Rejected, Show(waiting).State);
    }

    [Fact]
    public void A_tie_asks_the_connected_electors_again_and_those_that_come_back()
    {
        var (ann, bob) = (_hive.Worker("ann"), _hive.Worker("bob"));
        var proposal = Open(new() { Question = "Ship it?", DeadlineMs = 10_000, Tie = TieRule.Extend });
        _hive.Ok(Ballot(proposal, "yes", ann.Principal));
        _hive.Ok(Ballot(proposal, "no", bob.Principal));
        _hive.Advance(TimeSpan.FromSeconds(10));

        var asked = ann.Link.VoteRequests.Last();
        Assert.Equal((2, 1, proposal.Deadline.AddSeconds(10)), (ann.Link.VoteRequests.Count, asked.Extensions, asked.Deadline));
        bob.Hello();
        Assert.Equal(1, Assert.Single(bob.Link.VoteRequests).Extensions);
        _hive.Ok(Ballot(proposal, "abstain", bob.Principal));
        Assert.Equal(ProposalState.Accepted, Show(proposal).State);
    }

    [Fact]
    public void A_vote_that_is_confirmed_after_a_tie_is_not_asked_for_again()
    {
        var (ann, bob) = (_hive.Worker("ann"), _hive.Worker("bob"));
        var proposal = Open(new() { Question = "Ship it?", DeadlineMs = 10_000, Tie = TieRule.Extend });
        _hive.Ok(Ballot(proposal, "yes", ann.Principal));
        _hive.Ok(Ballot(proposal, "no", bob.Principal));
        _hive.Advance(TimeSpan.FromSeconds(10));

        var confirmed = _hive.Ok(Ballot(proposal, "no", bob.Principal));
        var repeated = _hive.Ok(Ballot(proposal, "no", bob.Principal));

        Assert.Equal((2, _hive.Now), (confirmed.Version, confirmed.CastAt));
        Assert.Equal((2, confirmed.CastAt), (repeated.Version, repeated.CastAt));
        bob.Hello();
        Assert.Empty(bob.Link.VoteRequests);
        ann.Hello();
        Assert.Single(ann.Link.VoteRequests);
        _hive.Restart();
        bob.Hello();
        Assert.Empty(bob.Link.VoteRequests);
        Assert.Equal((ProposalState.Open, 2), (Show(proposal).State, Show(proposal).Voted));
    }

    [Fact]
    public void A_proposal_that_waits_for_its_deadline_with_all_votes_says_that_all_voted()
    {
        var proposal = Open(Named("ann", "bob") with { Tie = TieRule.Extend, CloseEarly = false });
        Cast(proposal, "ann", "yes");
        Cast(proposal, "bob", "yes");
        _hive.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((ProposalState.Accepted, CloseReason.AllVoted), (Show(proposal).State, Show(proposal).Result!.Reason));
    }

    [Fact]
    public void A_stored_ballot_is_kept_for_the_last_deadline_that_a_tie_could_reach()
    {
        var proposal = Open(Named("ann", "bob", "cat") with { Tie = TieRule.Extend, DeadlineMs = 60_000 });
        Cast(proposal, "ann", "yes");

        var ballot = ConsensusFeature.Ballots.Parse(_hive.Store.Entities().Single(e => e.Kind == "ballot"));
        Assert.Equal(proposal.OpenedAt.AddMinutes(4), ballot.Deadline);
    }

    private static ProposalSpec Named(params string[] users) =>
        new() { Question = "Ship it?", DeadlineMs = 60_000, Electorate = [.. users.Select(u => new Elector { User = u })] };

    private ProposalView Open(ProposalSpec spec) => _hive.Ok(new OpenProposal(spec) { By = TestHive.User });

    private ProposalView Show(ProposalView proposal) => _hive.Ok(new ShowProposal(proposal.Id) { By = TestHive.User });

    private static CastBallot Ballot(ProposalView proposal, string choice, Principal by) => new(proposal.Id, [choice]) { By = by };

    private void Cast(ProposalView proposal, string user, string choice) => _hive.Ok(Ballot(proposal, choice, Principal.Local("default", user)));
}
