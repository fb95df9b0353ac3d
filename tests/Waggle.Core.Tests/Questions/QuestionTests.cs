using Waggle.Core.Notifications;
using Waggle.Core.Questions;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Questions;

public sealed class QuestionTests
{
    private static readonly QuestionSpec Branch = new() { Text = "Which branch?", Choices = ["main", "next"] };

    private readonly TestHive _hive = new();

    [Fact]
    public void A_question_ends_the_attempt_and_frees_the_slot_until_the_answer()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var ack = Ask(worker, Branch, checkpoint: """{"step":3}""");
        Assert.Equal((TaskState.InputRequired, false), (ack.State, ack.Duplicate));
        Assert.False(worker.Has(task));
        Assert.Equal(AttemptOutcomes.Asked, _hive.Attempts(task).Single().Outcome);
        Assert.Equal((0, 0, 0), (_hive.Task(task).Failures, _hive.Task(task).Losses, _hive.Task(task).Refusals));

        var other = _hive.Create("another");
        Assert.True(worker.Has(other));
        worker.Complete();

        var answered = Answer(ack.Question!, "\"main\"");
        Assert.Equal((QuestionState.Answered, "user", "\"main\""), (answered.State, answered.AnsweredBy, answered.Answer.ToString()));
        Assert.True(worker.Has(task));
        var given = worker.Link.Given!;
        Assert.Equal((2, ack.Question, "\"main\""), (given.Lease.Attempt, given.Answers!.Single().Question, given.Answers![0].Answer.ToString()));
        Assert.Equal("""{"step":3}""", given.Checkpoint.ToString());
        worker.Complete();
        Assert.Equal(TaskState.Completed, _hive.StateOf(task));
        Assert.Null(_hive.Task(task).Answers);
        Assert.True(_hive.Task(task).Checkpoint.IsNull);
    }

    [Fact]
    public void The_agent_that_asked_gets_the_task_again_although_another_one_is_better()
    {
        var worker = _hive.Worker("a1", can: new() { ["code"] = 0.6 });
        var task = _hive.Create(with: s => s with { Requires = new Dictionary<string, double> { ["code"] = 0.5 } });
        worker.Start();
        var ack = Ask(worker, Branch);
        _hive.Worker("a2", can: new() { ["code"] = 0.9 });
        Answer(ack.Question!, "\"main\"");

        Assert.True(worker.Has(task));
        Assert.True(_hive.Task(task).Lease!.Reason!.Resumed);
    }

    [Fact]
    public void Another_agent_gets_the_task_with_answer_and_checkpoint_when_the_first_one_is_busy_or_gone()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var ack = Ask(worker, Branch, checkpoint: "[1]");
        worker.Vanish();
        var second = _hive.Worker("a2");
        Answer(ack.Question!, "\"next\"");

        Assert.True(second.Has(task));
        Assert.Equal(("\"next\"", "[1]"), (second.Link.Given!.Answers!.Single().Answer.ToString(), second.Link.Given.Checkpoint.ToString()));
    }

    [Fact]
    public void A_worker_that_holds_keeps_lease_and_slot_and_receives_the_answer()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var lease = worker.Lease;
        var ack = Ask(worker, Branch with { Hold = true });
        Assert.True(worker.Has(task));
        Assert.Equal(TaskState.InputRequired, _hive.StateOf(task));
        var other = _hive.Create("another");
        Assert.Equal(TaskState.Pending, _hive.StateOf(other));
        worker.Progress(0.5);
        Assert.Empty(worker.Renew(lease).Stop);

        Answer(ack.Question!, "\"main\"");
        Assert.Equal((lease, ack.Question, "\"main\""), (worker.Link.Answers.Single().Lease, worker.Link.Answers[0].Answer.Question, worker.Link.Answers[0].Answer.Answer.ToString()));
        Assert.Equal(TaskState.Running, _hive.StateOf(task));
        worker.Complete(lease);
        Assert.Equal(TaskState.Completed, _hive.StateOf(task));
        Assert.Equal(1, _hive.Task(task).Attempt);
    }

    [Fact]
    public void A_worker_that_reconnects_with_its_lease_receives_the_answer_again()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Start();
        var lease = worker.Lease;
        var ack = Ask(worker, Branch with { Hold = true });
        worker.Vanish();
        Answer(ack.Question!, "\"main\"");
        Assert.Empty(worker.Link.Answers);

        worker.Hello(holding: lease);
        Assert.Equal((lease, ack.Question), (worker.Link.Answers.Single().Lease, worker.Link.Answers[0].Answer.Question));
    }

    [Fact]
    public void The_loss_of_a_worker_that_holds_leaves_the_question_open_for_the_next_attempt()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var ack = Ask(worker, Branch with { Hold = true, DeadlineMs = 3_600_000 });
        worker.Vanish();
        _hive.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((TaskState.InputRequired, 1), (_hive.StateOf(task), _hive.Task(task).Losses));
        Assert.Equal(QuestionState.Open, Show(ack.Question!).State);

        var second = _hive.Worker("a2");
        Answer(ack.Question!, "\"main\"");
        Assert.True(second.Has(task));
        Assert.Equal(ack.Question, second.Link.Given!.Answers!.Single().Question);
    }

    [Fact]
    public void The_expiry_of_a_question_leaves_the_attempt_that_asked_it_and_was_lost_as_it_is()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        worker.Progress(0.5);
        Ask(worker, Branch with { Hold = true, DeadlineMs = 600_000 });
        worker.Vanish();
        _hive.Advance(TimeSpan.FromMinutes(2));
        var lost = _hive.Attempts(task).Single();
        Assert.Equal((AttemptOutcomes.Lost, 0.5), (lost.Outcome, lost.LastProgress!.Value));

        _hive.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal((TaskState.Failed, "QUESTION_EXPIRED"), (_hive.StateOf(task), _hive.Task(task).Error!.Code));
        var still = _hive.Attempts(task).Single();
        Assert.Equal((lost.Outcome, lost.EndedAt, lost.LastProgress, lost.Error), (still.Outcome, still.EndedAt, still.LastProgress, still.Error));
    }

    [Fact]
    public void The_question_stays_open_at_the_last_permitted_loss()
    {
        var task = _hive.Create();
        var first = _hive.Worker("a1");
        first.Start();
        Lose(first);
        Assert.Equal((TaskState.Pending, 1), (_hive.StateOf(task), _hive.Task(task).Losses));
        var second = _hive.Worker("a2");
        second.Start();
        var ack = Ask(second, Branch with { Hold = true });
        Lose(second);
        Assert.Equal((TaskState.InputRequired, 2), (_hive.StateOf(task), _hive.Task(task).Losses));

        Answer(ack.Question!, "\"main\"");
        Assert.True(_hive.Worker("a3").Has(task));

        void Lose(TestWorker worker)
        {
            worker.Vanish();
            _hive.Advance(TimeSpan.FromMinutes(2));
        }
    }

    [Fact]
    public void A_timeout_of_the_attempt_closes_the_question_of_a_worker_that_holds()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { StartToCloseMs = 10_000 });
        worker.Start();
        var ack = Ask(worker, Branch with { Hold = true });
        _hive.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((AttemptOutcomes.Timeout, QuestionState.Cancelled), (_hive.Attempts(task)[0].Outcome, Show(ack.Question!).State));
    }

    [Fact]
    public void A_removed_agent_leaves_its_question_open()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var ack = Ask(worker, Branch with { Hold = true });
        _hive.Remove("a1");
        Assert.Equal(TaskState.InputRequired, _hive.StateOf(task));
        Answer(ack.Question!, "\"main\"");
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
    }

    [Fact]
    public void Open_questions_and_their_deadlines_survive_a_restart()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var ack = Ask(worker, Branch with { DeadlineMs = 60_000, Default = RawJson.Parse("\"next\"") }, checkpoint: "7");
        _hive.Restart();
        Assert.Equal((TaskState.InputRequired, ack.Question), (_hive.StateOf(task), _hive.Show(task).Question));
        _hive.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((QuestionState.Defaulted, "\"next\"", (string?)null), (Show(ack.Question!).State, Show(ack.Question!).Answer.ToString(), Show(ack.Question!).AnsweredBy));

        var second = _hive.Worker("a2");
        Assert.True(second.Has(task));
        Assert.Equal((QuestionState.Defaulted, "7"), (second.Link.Given!.Answers!.Single().State, second.Link.Given.Checkpoint.ToString()));
    }

    [Fact]
    public void Without_a_default_the_task_fails_at_the_deadline()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var ack = Ask(worker, Branch with { DeadlineMs = 60_000 });
        _hive.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((TaskState.Failed, "QUESTION_EXPIRED"), (_hive.StateOf(task), _hive.Task(task).Error!.Code));
        Assert.Equal(QuestionState.Expired, Show(ack.Question!).State);
        var late = Refused(ack.Question!, "\"main\"");
        Assert.Equal(ErrorCodes.QuestionClosed, late.Code);
        Assert.Contains("deadline", late.Message, StringComparison.Ordinal);
        Assert.Single(_hive.Attempts(task));
    }

    [Fact]
    public void A_worker_that_holds_is_stopped_at_the_deadline()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var lease = worker.Lease;
        Ask(worker, Branch with { Hold = true, DeadlineMs = 5_000 });
        _hive.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(TaskState.Failed, _hive.StateOf(task));
        Assert.Equal((lease, "timeout"), worker.Link.Stops.Single());
        Assert.Equal(AttemptOutcomes.Timeout, _hive.Attempts(task).Single().Outcome);
    }

    [Fact]
    public void The_second_answer_is_an_error_that_names_the_first()
    {
        var question = Suspended();
        Answer(question, "\"main\"");
        Assert.True(Answer(question, "\"main\"").Duplicate);
        var second = Refused(question, "\"next\"");
        Assert.Equal(ErrorCodes.QuestionClosed, second.Code);
        Assert.Contains("'user'", second.Message, StringComparison.Ordinal);
        Assert.Contains("'user'", _hive.Refused(new AnswerQuestion(question, RawJson.Parse("\"main\"")) { By = Principal.Local("default", "bob") }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_is_one_of_the_choices()
    {
        var question = Suspended();
        Assert.Equal("answer is one of: main, next.", Refused(question, "\"other\"").Message);
        Assert.Equal(ErrorCodes.InvalidRequest, Refused(question, "1").Code);
        Assert.Equal(ErrorCodes.InvalidRequest, Refused(question, "null").Code);
        Assert.Equal(ErrorCodes.TooLarge, Refused(question, $"\"{new string('x', Limits.MaxAnswerBytes)}\"").Code);
        Assert.Equal(ErrorCodes.NotFound, Refused("q99", "1").Code);
        Assert.Equal(QuestionState.Open, Show(question).State);
    }

    [Fact]
    public void Cancelling_the_task_closes_its_question()
    {
        var question = Suspended();
        var task = Show(question).Task;
        Assert.Equal(TaskState.Cancelled, _hive.Cancel(task).State);
        Assert.Equal(QuestionState.Cancelled, Show(question).State);
        Assert.Equal(ErrorCodes.QuestionClosed, Refused(question, "\"main\"").Code);
    }

    [Fact]
    public void Cancelling_the_task_of_a_worker_that_holds_asks_it_to_stop()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var ack = Ask(worker, Branch with { Hold = true });
        Assert.Equal(TaskState.Cancelling, _hive.Cancel(task).State);
        Assert.Equal(QuestionState.Cancelled, Show(ack.Question!).State);
        Assert.Single(worker.Link.Cancels);
        worker.ConfirmCancelled();
        Assert.Equal(TaskState.Cancelled, _hive.StateOf(task));
    }

    [Fact]
    public void The_expiry_of_the_task_closes_its_question()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { ScheduleToCloseMs = 10_000 });
        worker.Start();
        var ack = Ask(worker, Branch);
        _hive.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((TaskState.Expired, QuestionState.Cancelled), (_hive.StateOf(task), Show(ack.Question!).State));
    }

    [Fact]
    public void A_completion_of_a_worker_that_holds_closes_the_question()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var ack = Ask(worker, Branch with { Hold = true });
        worker.Complete();
        Assert.Equal((TaskState.Completed, QuestionState.Cancelled), (_hive.StateOf(task), Show(ack.Question!).State));
    }

    [Fact]
    public void A_repeated_question_gets_its_first_answer_again()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Start();
        var lease = worker.Lease;
        var held = Branch with { Hold = true, Key = "branch" };
        var first = Ask(worker, held);
        var again = Ask(worker, held);
        Assert.Equal((first.Question, true), (again.Question, again.Duplicate));
        Assert.Equal(ErrorCodes.IdempotencyConflict, worker.Refused(l => new AskQuestion(l, held with { Text = "Other?" }) { By = worker.Principal }).Code);
        Assert.Equal(ErrorCodes.InvalidState, worker.Refused(l => new AskQuestion(l, held with { Key = "other" }) { By = worker.Principal }).Code);
        Answer(first.Question!, "\"main\"");
        Assert.True(Ask(worker, held).Duplicate);

        var last = Ask(worker, Branch with { Key = "last" });
        Assert.Equal((last.Question, true), (Ask(worker, Branch with { Key = "last" }, lease: lease).Question, Ask(worker, Branch with { Key = "last" }, lease: lease).Duplicate));
    }

    [Fact]
    public void A_question_notifies_the_users_of_the_swarm()
    {
        var question = Suspended();
        var sent = _hive.Replies<NotificationSent>();
        Assert.Equal((NotificationLevel.Warning, "default", "a1"), (sent.Level, sent.Swarm, sent.SentBy));
        Assert.Contains(question, sent.Message, StringComparison.Ordinal);
        Assert.Contains("Which branch?", sent.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("q", 1L, null)]
    [InlineData("q", null, "a b")]
    public void A_question_that_breaks_a_rule_is_refused(string text, long? deadline, string? key)
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        var spec = new QuestionSpec { Text = text, DeadlineMs = deadline, Key = key };
        Assert.Equal(ErrorCodes.InvalidRequest, worker.Refused(l => new AskQuestion(l, spec) { By = worker.Principal }).Code);
    }

    [Fact]
    public void The_default_and_the_choices_of_a_question_agree()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        Assert.Equal(ErrorCodes.InvalidRequest, Problem(Branch with { Default = RawJson.Parse("\"x\"") }));
        Assert.Equal(ErrorCodes.InvalidRequest, Problem(Branch with { Choices = ["a", "a"] }));
        Assert.Equal(ErrorCodes.InvalidRequest, Problem(Branch with { Choices = [] }));
        Assert.Equal(ErrorCodes.InvalidRequest, Problem(Branch with { Schema = RawJson.Parse("{}") }));

        string Problem(QuestionSpec spec) => worker.Refused(l => new AskQuestion(l, spec) { By = worker.Principal }).Code;
    }

    [Fact]
    public void A_handler_that_asks_from_its_beginning_finds_the_answers_to_all_its_questions()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        for (var i = 1; i <= 12; i++)
        {
            worker.Start();
            Answer(Ask(worker, Branch with { Key = $"k{i}" }).Question!, "\"main\"");
            Answer(Ask(worker, new() { Text = "Anything?" }).Question!, $"{i}");
        }

        var kept = worker.Link.Given!.Answers!;
        Assert.Equal(Enumerable.Range(1, 12).Select(i => $"k{i}"), kept.Select(a => a.Key).OfType<string>());
        Answer(Ask(worker, Branch with { Key = "k3" }).Question!, "\"next\"");
        Assert.Equal("\"next\"", Assert.Single(worker.Link.Given!.Answers!, a => a.Key == "k3").Answer.ToString());
    }

    [Fact]
    public void A_question_whose_answer_would_displace_another_one_is_refused()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        var large = $"\"{new string('x', Limits.MaxAnswerBytes - 2)}\"";
        for (var i = 1; i <= 8; i++)
        {
            worker.Start();
            Answer(Ask(worker, new() { Text = "Anything?", Key = $"k{i}" }).Question!, large);
        }

        Assert.Equal(8, worker.Link.Given!.Answers!.Count);
        var refused = worker.Refused(l => new AskQuestion(l, new() { Text = "Anything?", Key = "k9" }) { By = worker.Principal });
        Assert.Equal(ErrorCodes.TooLarge, refused.Code);
        Answer(Ask(worker, new() { Text = "Anything?", Key = "k1" }).Question!, "1");
        Assert.Equal(8, worker.Link.Given!.Answers!.Count);
        Ask(worker, new() { Text = "Anything?" });
    }

    [Fact]
    public void A_checkpoint_reaches_the_attempt_after_a_loss()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        _hive.Ok(new Core.Tasks.KeepCheckpoint(worker.Lease, RawJson.Parse("1")) { By = worker.Principal });
        _hive.Ok(new Core.Tasks.KeepCheckpoint(worker.Lease, RawJson.Parse("2")) { By = worker.Principal });
        Assert.Equal("2", _hive.Show(task).Checkpoint.ToString());
        var large = RawJson.Parse($"\"{new string('x', Limits.MaxCheckpointBytes)}\"");
        Assert.Equal(ErrorCodes.TooLarge, worker.Refused(l => new Core.Tasks.KeepCheckpoint(l, large) { By = worker.Principal }).Code);
        worker.Vanish();
        _hive.Restart();
        _hive.Advance(TimeSpan.FromMinutes(2));
        var second = _hive.Worker("a2");
        Assert.Equal((2, "2"), (second.Link.Given!.Lease.Attempt, second.Link.Given.Checkpoint.ToString()));
    }

    [Fact]
    public void A_closed_question_leaves_the_store_with_the_tasks()
    {
        var question = Suspended();
        Answer(question, "\"main\"");
        Assert.Equal(_hive.Options.TaskRetention, QuestionFeature.Questions.Retention!(_hive.Options));
        var stored = Assert.Single(_hive.Store.Entities("default"), e => e.Kind == "question");
        Assert.NotNull(stored.ClosedAt);
    }

    private TaskAck Ask(TestWorker worker, QuestionSpec spec, string checkpoint = "null", LeaseRef? lease = null) =>
        _hive.Ok(new AskQuestion(lease ?? worker.Lease, spec, RawJson.Parse(checkpoint)) { By = worker.Principal });

    private string Suspended()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Start();
        return Ask(worker, Branch).Question!;
    }

    private QuestionView Answer(string question, string answer) => _hive.Ok(new AnswerQuestion(question, RawJson.Parse(answer)) { By = TestHive.User });

    private Core.Kernel.Error Refused(string question, string answer) => _hive.Refused(new AnswerQuestion(question, RawJson.Parse(answer)) { By = TestHive.User });

    private QuestionView Show(string question) => _hive.Ok(new ShowQuestion(question) { By = TestHive.User });
}
