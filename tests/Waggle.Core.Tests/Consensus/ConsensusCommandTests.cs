using System.Text;
using Waggle.Core.Access;
using Waggle.Core.Consensus;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Consensus;

public sealed class ConsensusCommandTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void The_electorate_is_the_swarms_agents_that_are_online_at_the_opening()
    {
        _hive.Worker("a1");
        _hive.Worker("a2");
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        _hive.Worker("far", swarm: "other");
        var gone = _hive.Worker("gone");
        gone.Vanish();
        _hive.Advance(TimeSpan.FromMinutes(1));
        _hive.Worker("a1");
        _hive.Worker("a2");
        var proposal = Open();
        var late = _hive.Worker("late");

        Assert.Equal(["a1", "a2"], proposal.Electorate!.Select(e => e.Agent));
        Assert.Equal((2, 2m, 0), (proposal.Electors, proposal.Weight, proposal.Voted));
        Assert.Equal(ErrorCodes.NotAnElector, _hive.Refused(Ballot(proposal, "yes", late.Principal)).Code);
    }

    [Fact]
    public void The_opener_may_choose_the_id_and_repeat_its_request()
    {
        var spec = Named("ann", "bob") with { Id = "ship-1" };
        Assert.Equal("ship-1", Open(spec).Id);
        Assert.True(Open(spec).Duplicate);
        Assert.Equal(ErrorCodes.AlreadyExists, _hive.Refused(Opening(spec with { Question = "Another?" })).Code);
        Assert.Equal(ErrorCodes.AlreadyExists, _hive.Refused(Opening(spec) with { By = User("bob") }).Code);
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(Opening(spec with { Id = "a.b" })).Code);
        Assert.NotEqual("ship-1", Open(spec with { Id = null }).Id);
    }

    [Fact]
    public void The_record_of_an_open_ballot_has_the_rule_and_the_confidence()
    {
        var proposal = Open(Named("ann", "bob") with { Hidden = false });
        _hive.Ok(new CastBallot(proposal.Id, ["yes"], 0.75) { By = User("ann") });
        var cast = _hive.All.OfType<VoteRecorded>().Single();
        Assert.Equal((VoteRule.Simple, 0.75, "yes"), (cast.Rule, cast.Confidence, cast.Choices!.Single()));

        var hidden = Open(Named("ann", "bob"));
        _hive.Ok(new CastBallot(hidden.Id, ["yes"], 0.75) { By = User("ann") });
        Assert.Null(_hive.All.OfType<VoteRecorded>().Last().Confidence);
    }

    [Fact]
    public void A_majority_closes_the_proposal_as_soon_as_no_ballot_can_change_it()
    {
        var proposal = Open(Named("ann", "bob", "cat"));
        Cast(proposal, "ann", "yes");
        Assert.Equal(ProposalState.Open, Show(proposal).State);
        Cast(proposal, "bob", "yes");
        var closed = Show(proposal);

        Assert.Equal((ProposalState.Accepted, "yes", CloseReason.Decided), (closed.State, closed.Result!.Outcome, closed.Result.Reason));
        Assert.Equal([("yes", 2, 2m), ("no", 0, 0m), ("abstain", 0, 0m)], closed.Result.Counts.Select(c => (c.Option, c.Ballots, c.Weight)));
        Assert.Equal((2, 2m, true, 2m), (closed.Result.Voted, closed.Result.VotedWeight, closed.Result.QuorumReached, closed.Result.Margin));
        Assert.Equal(ErrorCodes.VoteClosed, _hive.Refused(Ballot(proposal, "no", User("cat"))).Code);
        Assert.Null(_hive.State.Timers.DueOf(ProposalEntity.KeyOf(proposal.Id)));
    }

    [Fact]
    public void The_deadline_closes_a_proposal_without_a_quorum_as_expired()
    {
        var proposal = Open(Named("ann", "bob", "cat"));
        Cast(proposal, "ann", "yes");
        _hive.Advance(TimeSpan.FromMinutes(2));

        var closed = Show(proposal);
        Assert.Equal((ProposalState.Expired, null, CloseReason.Deadline, false), (closed.State, closed.Result!.Outcome, closed.Result.Reason, closed.Result.QuorumReached));
        Assert.Equal(proposal.Deadline, closed.ClosedAt);
    }

    [Fact]
    public void A_ballot_after_the_deadline_is_refused_even_before_the_timer_fires()
    {
        var proposal = Open(Named("ann", "bob"));
        _hive.Now += TimeSpan.FromMinutes(1);

        Assert.Equal(ErrorCodes.VoteClosed, _hive.Refused(Ballot(proposal, "yes", User("ann"))).Code);
    }

    [Fact]
    public void A_deadline_that_passed_while_the_hub_was_down_closes_the_proposal_after_the_start()
    {
        var proposal = Open(Named("ann", "bob", "cat"));
        Cast(proposal, "ann", "no");
        _hive.Now += TimeSpan.FromHours(1);
        _hive.Restart();
        _hive.Advance(TimeSpan.Zero);

        Assert.Equal((ProposalState.Expired, 1), (Show(proposal).State, Show(proposal).Voted));
    }

    [Fact]
    public void Hidden_ballots_are_in_no_record_before_the_close_and_the_result_has_the_counts()
    {
        var proposal = Open(Named("ann", "bob", "cat") with { Rule = VoteRule.Plurality, Options = ["crimson", "olive"] });
        Cast(proposal, "ann", "crimson");
        Assert.All(_hive.Published.Where(r => r.Kind == "vote_cast"), r => Assert.DoesNotContain("crimson", Encoding.UTF8.GetString(r.Data.Span)));
        Assert.Null(Show(proposal).Counts);
        Cast(proposal, "bob", "crimson");

        var closed = _hive.Replies<ProposalClosed>();
        Assert.Equal(("crimson", 2m), (closed.Result.Outcome, closed.Result.Counts[0].Weight));
        Assert.Equal($"proposal.{proposal.Id}", closed.Topic);
    }

    [Fact]
    public void Open_ballots_are_in_the_records_and_the_counts_are_visible()
    {
        var proposal = Open(Named("ann", "bob", "cat") with { Hidden = false });
        Cast(proposal, "ann", "yes");

        Assert.Equal(["yes"], _hive.Replies<VoteRecorded>().Choices);
        Assert.Equal(1, Show(proposal).Counts![0].Ballots);
    }

    [Fact]
    public void A_changed_vote_takes_the_place_of_the_first_and_has_the_next_version()
    {
        var proposal = Open(Named("ann", "bob", "cat") with { Hidden = false });
        Assert.Equal(1, Cast(proposal, "ann", "yes").Version);
        Assert.Equal(2, Cast(proposal, "ann", "no").Version);
        Assert.Equal(2, Cast(proposal, "ann", "no").Version);

        Assert.Equal((0, 1, 1), (Show(proposal).Counts![0].Ballots, Show(proposal).Counts![1].Ballots, Show(proposal).Voted));
    }

    [Fact]
    public void A_vote_is_not_changed_where_changes_are_off()
    {
        var proposal = Open(Named("ann", "bob", "cat") with { Changeable = false });
        Cast(proposal, "ann", "yes");

        Assert.Equal(1, Cast(proposal, "ann", "yes").Version);
        Assert.Equal(ErrorCodes.AlreadyVoted, _hive.Refused(Ballot(proposal, "no", User("ann"))).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_repeated_vote_with_a_confidence_is_answered_with_the_counted_ballot(bool changeable)
    {
        var proposal = Open(Named("ann", "bob", "cat") with { Changeable = changeable });
        var ballot = Ballot(proposal, "yes", User("ann")) with { Confidence = 0.5 };
        var first = _hive.Ok(ballot);
        _hive.Now += TimeSpan.FromSeconds(1);
        var again = _hive.Ok(ballot);
        Assert.Empty(_hive.Last);
        _hive.Restart();

        Assert.Equal((1, 0.5, first.CastAt), (again.Version, again.Confidence, again.CastAt));
        Assert.Equal((1, 0.5), (_hive.Ok(ballot).Version, _hive.Ok(ballot).Confidence));
        if (changeable) Assert.Equal(2, _hive.Ok(ballot with { Confidence = 0.6 }).Version);
        else Assert.Equal(ErrorCodes.AlreadyVoted, _hive.Refused(ballot with { Confidence = 0.6 }).Code);
    }

    [Fact]
    public void A_repeated_vote_is_answered_after_the_close_and_any_other_one_is_refused()
    {
        var proposal = Open(Named("ann", "bob", "cat"));
        Cast(proposal, "ann", "yes");
        var deciding = Ballot(proposal, "yes", User("bob")) with { Confidence = 1 };
        var decisions = _hive.Turn(deciding, deciding, Ballot(proposal, "yes", User("ann")))!;
        Assert.All(decisions, d => Assert.Null(d.Error));
        Assert.Equal(ProposalState.Accepted, Show(proposal).State);

        Assert.Equal((1, "bob", 1d), (_hive.Ok(deciding).Version, _hive.Ok(deciding).User, _hive.Ok(deciding).Confidence));
        Assert.Equal(1, Cast(proposal, "ann", "yes").Version);
        Assert.Equal(ErrorCodes.VoteClosed, _hive.Refused(deciding with { Confidence = null }).Code);
        Assert.Equal(ErrorCodes.VoteClosed, _hive.Refused(Ballot(proposal, "no", User("ann"))).Code);
        Assert.Equal(ErrorCodes.VoteClosed, _hive.Refused(Ballot(proposal, "yes", User("cat"))).Code);
    }

    [Fact]
    public void The_voter_is_the_session_and_never_what_the_request_names()
    {
        var worker = _hive.Worker("a1");
        _hive.Worker("a2");
        var proposal = Open();

        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(Ballot(proposal, "yes", worker.Principal) with { Agent = "a2" }).Code);
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(Ballot(proposal, "yes", User("ann")) with { Agent = "a1" }).Code);
        Assert.Equal(ErrorCodes.NotAnElector, _hive.Refused(Ballot(proposal, "yes", User("a1"))).Code);
        Assert.Equal("a1", _hive.Ok(Ballot(proposal, "yes", worker.Principal) with { Agent = "a1" }).Agent);
    }

    [Fact]
    public void A_draw_among_equals_is_in_the_result()
    {
        var proposal = Open(Named("ann", "bob") with { Tie = TieRule.Draw });
        Cast(proposal, "ann", "yes");
        Cast(proposal, "bob", "no");

        var result = Show(proposal).Result!;
        Assert.Equal(["yes", "no"], result.DrawnFrom);
        Assert.Equal(result.Outcome == "yes" ? ProposalState.Accepted : ProposalState.Rejected, Show(proposal).State);
        Assert.Equal(CloseReason.AllVoted, result.Reason);
    }

    [Fact]
    public void Approval_counts_each_option_of_a_ballot()
    {
        var proposal = Open(Named("ann", "bob", "cat") with { Rule = VoteRule.Approval, Options = ["a", "b", "c"] });
        _hive.Ok(new CastBallot(proposal.Id, ["a", "b"]) { By = User("ann") });
        _hive.Ok(new CastBallot(proposal.Id, ["b", "c"]) { By = User("bob") });
        _hive.Ok(new CastBallot(proposal.Id, ["abstain"]) { By = User("cat") });

        Assert.Equal("b", Show(proposal).Result!.Outcome);
        Assert.Equal([1m, 2m, 1m, 1m], Show(proposal).Result!.Counts.Select(c => c.Weight));
    }

    [Fact]
    public void A_withdrawn_proposal_takes_no_ballots_and_has_no_outcome()
    {
        var worker = _hive.Worker("a1");
        var proposal = Open(Named("ann", "bob"));
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new WithdrawProposal(proposal.Id) { By = worker.Principal }).Code);
        var withdrawn = _hive.Ok(new WithdrawProposal(proposal.Id) { By = TestHive.User });

        Assert.Equal((ProposalState.Withdrawn, "user", null), (withdrawn.State, withdrawn.Result!.WithdrawnBy, withdrawn.Result.Outcome));
        Assert.Equal(ErrorCodes.VoteClosed, _hive.Refused(Ballot(proposal, "yes", User("ann"))).Code);
        Assert.Equal(ErrorCodes.VoteClosed, _hive.Refused(new WithdrawProposal(proposal.Id) { By = TestHive.User }).Code);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 3)]
    public void A_withdrawal_reveals_no_hidden_counts(bool hidden, int options)
    {
        var proposal = Open(Named("ann", "bob", "cat") with { Hidden = hidden });
        Cast(proposal, "ann", "yes");
        var withdrawn = _hive.Ok(new WithdrawProposal(proposal.Id) { By = TestHive.User });

        Assert.Equal((options, 1), (withdrawn.Result!.Counts.Count, withdrawn.Result.Voted));
        Assert.Equal(options, _hive.Replies<ProposalClosed>().Result.Counts.Count);
        Assert.Equal(options, Show(proposal).Result!.Counts.Count);
    }

    [Fact]
    public void The_electors_of_all_open_proposals_together_are_limited()
    {
        var full = Named([.. Enumerable.Range(0, Limits.MaxElectors).Select(i => $"user{i}")]);
        var open = Enumerable.Range(0, Limits.MaxOpenElectors / Limits.MaxElectors).Select(_ => Open(full)).ToArray();
        _hive.Restart();
        var refused = _hive.Refused(Opening(Named("ann")));
        Assert.Equal((ErrorCodes.QuotaExceeded, true), (refused.Code, refused.Message.Contains("200000 electors", StringComparison.Ordinal)));

        _hive.Ok(new WithdrawProposal(open[0].Id) { By = TestHive.User });
        Open(full);
        Assert.Equal(ErrorCodes.QuotaExceeded, _hive.Refused(Opening(Named("ann"))).Code);
    }

    [Fact]
    public void A_worker_is_asked_at_the_opening_and_again_when_it_connects_before_it_has_voted()
    {
        var (one, two) = (_hive.Worker("a1"), _hive.Worker("a2"));
        var proposal = Open(Electors("a1", "a2", "a3x"));
        Assert.Equal(proposal.Id, Assert.Single(one.Link.VoteRequests).Proposal);
        Assert.Equal(["yes", "no", "abstain"], Assert.Single(two.Link.VoteRequests).Options);
        _hive.Ok(Ballot(proposal, "yes", one.Principal));
        _hive.Restart();
        one.Hello();
        two.Hello();

        Assert.Empty(one.Link.VoteRequests);
        Assert.Single(two.Link.VoteRequests);
        _hive.Ok(new WithdrawProposal(proposal.Id) { By = TestHive.User });
        two.Hello();
        Assert.Empty(two.Link.VoteRequests);
    }

    [Fact]
    public void An_idempotency_key_opens_one_proposal()
    {
        var spec = Named("ann") with { IdempotencyKey = "k" };
        var first = Open(spec);
        var again = Open(spec);

        Assert.Equal((first.Id, true), (again.Id, again.Duplicate));
        Assert.Equal(ErrorCodes.IdempotencyConflict, _hive.Refused(Opening(spec with { Question = "Another?" })).Code);
    }

    [Fact]
    public void A_principal_limited_to_a_swarm_sees_and_opens_only_proposals_of_it()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        var limited = User("ann") with { Swarms = new HashSet<string> { "other" } };
        var proposal = Open(Named("ann"));

        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(Ballot(proposal, "yes", limited)).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new ShowProposal(proposal.Id) { By = limited }).Code);
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(Opening(Named("ann")) with { By = limited }).Code);
        Assert.Equal("other", _hive.Ok(Opening(Named("ann") with { Swarm = "other" }) with { By = limited }).Swarm);
    }

    [Fact]
    public void Voting_needs_the_right_to_vote()
    {
        var proposal = Open(Named("ann"));
        var reader = User("ann") with { Permissions = new HashSet<string> { Permissions.ReadVotes } };
        var voter = User("ann") with { Permissions = new HashSet<string> { Permissions.WorkVotes } };

        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(Ballot(proposal, "yes", reader)).Code);
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(Opening(Named("ann")) with { By = voter }).Code);
        _hive.Ok(Ballot(proposal, "yes", voter));
    }

    [Fact]
    public void Nobody_online_is_no_electorate() =>
        Assert.Contains("No agent of swarm 'default' is online", _hive.Refused(Opening(new ProposalSpec { Question = "?", DeadlineMs = 1000 })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("either deadline", "deadline")]
    [InlineData("in the future", "past")]
    [InlineData("in the future", "zero")]
    [InlineData("365 days", "far")]
    [InlineData("electorate is empty", "nobody")]
    [InlineData("2 to 50", "many")]
    [InlineData("one option twice", "twice")]
    [InlineData("do not list it", "abstain")]
    [InlineData("needs options", "plurality")]
    [InlineData("leave options out", "simple")]
    [InlineData("above 0", "weight")]
    [InlineData("names user:ann twice", "elector")]
    [InlineData("either an agent or a user", "both")]
    [InlineData("quorum is 0 to 1", "quorum")]
    [InlineData("threshold belongs", "threshold")]
    [InlineData("question is empty", "question")]
    public void A_proposal_that_is_wrong_is_refused(string message, string what)
    {
        var good = Named("ann", "bob");
        var spec = what switch
        {
            "deadline" => good with { DeadlineMs = null },
            "past" => good with { DeadlineMs = null, Deadline = TestHive.Start },
            "zero" => good with { DeadlineMs = 0 },
            "far" => good with { DeadlineMs = long.MaxValue },
            "nobody" => good with { Electorate = [] },
            "many" => good with { Options = [.. Enumerable.Range(0, 51).Select(i => $"o{i}")] },
            "twice" => good with { Options = ["a", "a"] },
            "abstain" => good with { Options = ["a", "abstain"] },
            "plurality" => good with { Rule = VoteRule.Plurality },
            "simple" => good with { Rule = VoteRule.Simple, Options = ["a", "b"] },
            "weight" => good with { Electorate = [new() { User = "ann", Weight = 0 }] },
            "elector" => Named("ann", "ann"),
            "both" => good with { Electorate = [new() { User = "ann", Agent = "a1" }] },
            "quorum" => good with { Quorum = 1.1m },
            "threshold" => good with { Threshold = 0.5m },
            _ => good with { Question = " " },
        };

        var error = _hive.Refused(Opening(spec));
        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ballot_that_is_wrong_is_refused()
    {
        var proposal = Open(Named("ann", "bob"));

        Assert.Contains("is no option", _hive.Refused(Ballot(proposal, "maybe", User("ann"))).Message, StringComparison.Ordinal);
        Assert.Contains("exactly one", _hive.Refused(new CastBallot(proposal.Id, ["yes", "no"]) { By = User("ann") }).Message, StringComparison.Ordinal);
        Assert.Contains("1 to 50", _hive.Refused(new CastBallot(proposal.Id, []) { By = User("ann") }).Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new CastBallot("p99", ["yes"]) { By = User("ann") }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(Opening(Electors("nowhere"))).Code);
        Assert.Equal(0, Show(proposal).Voted);
    }

    [Fact]
    public void Thousands_of_ballots_in_one_turn_write_one_row_each_and_not_the_proposal()
    {
        string[] users = [.. Enumerable.Range(0, 2000).Select(i => $"user{i}")];
        var proposal = Open(Named(users) with { CloseEarly = false });
        var before = _hive.Store.Entities().Single(e => e.Kind == "proposal").Body.ToArray();
        Assert.All(_hive.Turn([.. users.Select(u => Ballot(proposal, "yes", User(u)))])!, d => Assert.Null(d.Error));

        Assert.Equal(before, _hive.Store.Entities().Single(e => e.Kind == "proposal").Body.ToArray());
        Assert.Equal(2000, _hive.Store.Entities().Count(e => e.Kind == "ballot"));
        Assert.Equal(2000, Show(proposal).Voted);
    }

    private static Principal User(string name) => Principal.Local("default", name);

    private static ProposalSpec Named(params string[] users) =>
        new() { Question = "Ship it?", DeadlineMs = 60_000, Electorate = [.. users.Select(u => new Elector { User = u })] };

    private ProposalSpec Electors(params string[] agents)
    {
        if (agents.Contains("a3x")) _hive.Worker("a3x");
        return new() { Question = "Ship it?", DeadlineMs = 60_000, Electorate = [.. agents.Select(a => new Elector { Agent = a })] };
    }

    private static OpenProposal Opening(ProposalSpec spec) => new(spec) { By = TestHive.User };

    private ProposalView Open(ProposalSpec? spec = null) => _hive.Ok(Opening(spec ?? new ProposalSpec { Question = "Ship it?", DeadlineMs = 60_000 }));

    private static CastBallot Ballot(ProposalView proposal, string choice, Principal by) => new(proposal.Id, [choice]) { By = by };

    private BallotView Cast(ProposalView proposal, string user, string choice) => _hive.Ok(Ballot(proposal, choice, User(user)));

    private ProposalView Show(ProposalView proposal) => _hive.Ok(new ShowProposal(proposal.Id) { By = TestHive.User });
}
