using Waggle.Core.Schedules;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks.Verifying;

public sealed class VerifyingTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_review_by_another_agent_completes_the_task()
    {
        var (author, reviewer) = (_hive.Worker("author"), _hive.Worker("reviewer", slots: 0));
        var task = Reviewed(author);
        Assert.Equal(TaskState.Verifying, _hive.StateOf(task));
        Assert.Equal(0, _hive.Agent("author").Completed);
        var other = _hive.Create("another");
        Assert.True(author.Has(other));
        author.Complete();

        reviewer.Credit(1);
        var review = _hive.Task(reviewer.Lease.Task);
        Assert.Equal((task, task, "review"), (review.Verifies, review.Spec.Parent, review.Spec.Type));
        Assert.Contains("\"result\":42", review.Spec.Input.ToString(), StringComparison.Ordinal);
        reviewer.Complete(result: """{"passed":true,"reason":"fine"}""");

        var done = _hive.Task(task);
        Assert.Equal((TaskState.Completed, "completed", "completed", "passed"), (done.State, done.ClaimedOutcome, done.VerifiedOutcome, done.Verification));
        Assert.Equal(("42", "author"), (done.Result.ToString(), done.Lease!.Agent));
        Assert.Equal(("completed", "passed"), (_hive.Attempts(task).Single().Outcome, _hive.Attempts(task).Single().Verification));
    }

    [Fact]
    public void The_author_never_reviews_its_own_result()
    {
        var author = _hive.Worker("author", slots: 2);
        var task = Reviewed(author);
        _hive.Advance(TimeSpan.FromSeconds(20));
        var review = _hive.State.Tasks.Single(t => t.Verifies == task);
        Assert.Equal((TaskState.Pending, "excluded"), (review.State, _hive.Show(review.Id).UnschedulableReason!.Code));
        Assert.Equal(ErrorCodes.AgentNotAble, _hive.Refused(new AssignTask(review.Id, "author") { By = TestHive.User }).Code);
    }

    [Fact]
    public void An_agent_of_an_ancestor_does_not_review()
    {
        var lead = _hive.Worker("lead", slots: 2);
        var parent = _hive.Create("parent", s => s with { AssignTo = "lead" });
        lead.Start();
        var author = _hive.Worker("author");
        var task = _hive.Create("child", s => s with { AssignTo = "author", Parent = parent, Verify = new() { Review = new() } });
        author.Start();
        author.Complete();
        Assert.Equal(["author", "lead"], _hive.State.Tasks.Single(t => t.Verifies == task).Spec.Exclude);
    }

    [Fact]
    public void A_review_takes_part_in_the_share_of_the_checked_task_and_not_in_its_limits()
    {
        var author = _hive.Worker("author");
        var (share, limit) = (new FairnessSpec("user:42", 2), new ConcurrencySpec("repo-7", 1));
        var task = _hive.Create("checked", s => s with { Fairness = share, Concurrency = limit, Verify = new() { Review = new() } });
        author.Start();
        author.Complete();

        var review = _hive.State.Tasks.Single(t => t.Verifies == task).Spec;
        Assert.Equal((share, null), (review.Fairness, review.Concurrency));
    }

    [Fact]
    public void A_result_that_does_not_pass_is_a_failure_and_is_tried_elsewhere()
    {
        var (liar, reviewer) = (_hive.Worker("liar"), _hive.Worker("reviewer", slots: 0));
        var task = Reviewed(liar);
        reviewer.Credit(1);
        reviewer.Complete(result: """{"passed":false,"reason":"No file was written."}""");
        reviewer.Credit(0);
        var failed = _hive.Attempts(task).Single();
        Assert.Equal(("failed", "completed", "failed", "VERIFICATION_FAILED"), (failed.Outcome, failed.ClaimedOutcome, failed.Verification, failed.Error!.Code));
        Assert.Contains("No file was written.", failed.Error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (_hive.Task(task).Failures, (int)_hive.Agent("liar").Failed));
        Assert.True(_hive.Task(task).Result.IsNull);

        var honest = _hive.Worker("honest");
        _hive.Advance(TimeSpan.FromSeconds(3));
        Assert.True(honest.Has(task));
    }

    [Fact]
    public void The_last_attempt_of_a_lying_worker_ends_the_task_as_failed_with_its_claim()
    {
        var (liar, reviewer) = (_hive.Worker("liar"), _hive.Worker("reviewer", slots: 0));
        var task = Reviewed(liar, s => s with { MaxAttempts = 1 });
        reviewer.Credit(1);
        reviewer.Fail();
        var ended = _hive.Task(task);
        Assert.Equal((TaskState.Failed, "completed", "failed", "failed", "VERIFICATION_FAILED"), (ended.State, ended.ClaimedOutcome, ended.VerifiedOutcome, ended.Verification, ended.Error!.Code));
        Assert.Equal("42", ended.Result.ToString());
        Assert.Contains("BOOM", ended.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_half_of_the_reviews_decide_and_the_others_are_cancelled()
    {
        var author = _hive.Worker("author");
        var task = Reviewed(author, s => s with { Verify = new() { Review = new() { Count = 3 } } });
        var reviewers = new[] { _hive.Worker("r1"), _hive.Worker("r2"), _hive.Worker("r3") };
        reviewers[0].Complete(result: "true");
        reviewers[1].Complete(result: "false");
        Assert.Equal(TaskState.Verifying, _hive.StateOf(task));
        Assert.Equal([true, false], _hive.Show(task).Verdicts!.Select(v => v.Passed!.Value));
        reviewers[2].Complete(result: "1");
        Assert.Equal(TaskState.Completed, _hive.StateOf(task));

        var second = Reviewed(author, s => s with { Verify = new() { Review = new() { Count = 3 } }, AssignTo = "author" });
        reviewers[0].Complete();
        reviewers[1].Complete();
        Assert.Equal(TaskState.Completed, _hive.StateOf(second));
        Assert.Equal(TaskState.Cancelling, _hive.StateOf(reviewers[2].Lease.Task));
    }

    [Fact]
    public void A_reviewer_that_hangs_meets_the_deadline_also_after_a_restart()
    {
        var (author, reviewer) = (_hive.Worker("author"), _hive.Worker("reviewer", slots: 0));
        var task = Reviewed(author, s => s with { Verify = new() { Review = new(), DeadlineMs = 60_000 } });
        reviewer.Credit(1);
        reviewer.Start();
        _hive.Restart();
        Assert.Equal(TaskState.Verifying, _hive.StateOf(task));
        _hive.Advance(TimeSpan.FromSeconds(61));
        var ended = _hive.Task(task);
        Assert.Equal((TaskState.Failed, "completed", (string?)null, "incomplete", "VERIFICATION_INCOMPLETE"), (ended.State, ended.ClaimedOutcome, ended.VerifiedOutcome, ended.Verification, ended.Error!.Code));
        Assert.Equal(TaskState.Cancelled, _hive.StateOf(reviewer.Lease.Task));
    }

    [Fact]
    public void A_repeated_completion_gets_its_first_answer_while_the_result_is_checked()
    {
        var author = _hive.Worker("author");
        var task = Reviewed(author);
        var again = author.Complete(author.LeaseOn(task));
        Assert.Equal((TaskState.Verifying, true), (again.State, again.Duplicate));
    }

    [Fact]
    public void A_cancellation_ends_the_checks_and_their_reviews()
    {
        var (author, reviewer) = (_hive.Worker("author"), _hive.Worker("reviewer", slots: 0));
        var task = Reviewed(author);
        Assert.Equal(TaskState.Cancelled, _hive.Cancel(task).State);
        Assert.Empty(_hive.State.Tasks);
        Assert.Equal("incomplete", _hive.Attempts(task).Single().Verification);
        reviewer.Credit(1);
        Assert.Empty(reviewer.Link.Assigned);
    }

    [Fact]
    public void A_completion_under_cancellation_is_not_checked()
    {
        var author = _hive.Worker("author");
        var task = _hive.Create(with: s => s with { Verify = new() { Review = new() } });
        author.Start();
        _hive.Cancel(task);
        author.Complete();
        Assert.Equal((TaskState.Completed, "skipped"), (_hive.StateOf(task), _hive.Task(task).Verification));
    }

    [Fact]
    public void The_schema_comes_before_the_reviews()
    {
        var author = _hive.Worker("author");
        var task = Reviewed(author, s => s with { Verify = new() { Schema = RawJson.Parse("""{"type":"integer"}"""), Review = new() } });
        Assert.DoesNotContain(_hive.State.Tasks, t => t.Verifies == task);
        _hive.Do(new SettleSchema(task, author.LeaseOn(task).Token - 1, "stale") { By = Principal.Hub("default") });
        Assert.Equal(TaskState.Verifying, _hive.StateOf(task));
        _hive.Do(new SettleSchema(task, author.LeaseOn(task).Token, null) { By = Principal.Hub("default") });
        Assert.Single(_hive.State.Tasks, t => t.Verifies == task);
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(11, null)]
    [InlineData(null, 1L)]
    public void A_verification_that_breaks_a_rule_is_refused(int? count, long? deadline) =>
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.RefusedTask(s => s with { Verify = new() { Review = new() { Count = count }, DeadlineMs = deadline } }).Code);

    [Fact]
    public void A_verification_has_a_check() => Assert.Contains("verify", _hive.RefusedTask(s => s with { Verify = new() }).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"$ref":"#"}""", "verify.schema/$ref")]
    [InlineData("""{"properties":{"name":{"pattern":"(a+)+$"}}}""", "verify.schema/properties/name/pattern")]
    public void A_schema_without_a_bound_is_refused_for_a_task_and_a_schedule(string schema, string place)
    {
        var spec = new TaskSpec { Title = "task", Verify = new() { Schema = RawJson.Parse(schema) } };
        var ofTask = _hive.Refused(new CreateTasks([spec]) { By = TestHive.User });
        var ofSchedule = _hive.Refused(new SetSchedule("s", new ScheduleSpec { Cron = "0 * * * *", Task = spec }) { By = TestHive.User });
        Assert.All([ofTask, ofSchedule], e => Assert.Equal((ErrorCodes.InvalidRequest, true), (e.Code, e.Message.Contains(place, StringComparison.Ordinal))));
    }

    private string Reviewed(TestWorker author, Func<TaskSpec, TaskSpec>? with = null)
    {
        var task = _hive.Create(with: s => (with ?? (t => t))(s with { Verify = new() { Review = new() } }));
        author.Start();
        Assert.Equal(TaskState.Verifying, author.Complete().State);
        return task;
    }
}
