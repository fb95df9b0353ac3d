using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class LeaseReporterTests
{
    private readonly WorkerParts _parts = new();
    private readonly TaskWork _work;

    public LeaseReporterTests() => _work = _parts.Accept();

    [Fact]
    public async Task An_acknowledged_outcome_ends_the_assignment_once()
    {
        var request = await SendAsync(new TaskComplete { Task = _work.Id, Attempt = _work.Attempt, Token = _work.Token });

        request.Answered(Answers.Reply(request.Message, new TaskAck(_work.Id, TaskState.Completed), HubJson.Default.TaskAck), generation: 1);
        _parts.Reporter.GiveUp(_work, ErrorCodes.StaleLease);

        Assert.Equal(["acknowledged t1 Completed"], _parts.Calls);
        Assert.Equal(0, _parts.Leases.Count);
    }

    [Fact]
    public async Task The_answer_to_a_start_ends_nothing()
    {
        var request = await SendAsync(new TaskStart { Task = _work.Id, Attempt = _work.Attempt, Token = _work.Token });
        request.Answered(Answers.Nothing(request.Message), generation: 1);
        Assert.Equal((1, 0), (_parts.Leases.Count, _parts.Calls.Count));
    }

    [Fact]
    public async Task A_refused_outcome_ends_the_assignment_with_the_hubs_code()
    {
        var request = await SendAsync(OutcomeMessages.Release(_work, "done with it"));
        request.Refused(Answers.Error(request.Message, ErrorCodes.StaleLease));
        Assert.Equal(["rejected t1 STALE_LEASE"], _parts.Calls);
    }

    [Fact]
    public async Task A_stale_report_cancels_the_handler()
    {
        var request = await SendAsync(new TaskProgress { Task = _work.Id, Attempt = _work.Attempt, Token = _work.Token, Progress = 0.5 });

        request.Refused(Answers.Error(request.Message, ErrorCodes.StaleLease));

        Assert.Equal(["report rejected t1 STALE_LEASE"], _parts.Calls);
        Assert.Equal(CancelCause.Stopped, _work.CancelCause);
        Assert.Equal(1, _parts.Leases.Count);
    }

    [Fact]
    public async Task An_outcome_that_the_hub_takes_later_is_sent_again_after_its_pause()
    {
        var request = await SendAsync(OutcomeMessages.Cancelled(_work));
        _parts.Requests.Take(request.Message.Id);

        request.Refused(Answers.Error(request.Message, ErrorCodes.StoreUnavailable, retryAfterMs: 500));
        Assert.Empty(_parts.Sent());
        await _parts.Time.AdvanceUntilAsync(() => _parts.Requests.Queue.Count == 1, TimeSpan.FromMilliseconds(100), "the outcome to be queued again");

        Assert.Same(request, Assert.Single(_parts.Sent()));
        Assert.Equal(1, _parts.Leases.Count);
    }

    [Theory]
    [InlineData(ErrorCodes.InvalidRequest)]
    [InlineData(ErrorCodes.QuotaExceeded)]
    public async Task A_result_whose_usage_is_refused_is_sent_without_it(string code)
    {
        var usage = new Usage { InputTokens = 1, CachedTokens = 2 };
        var request = await SendAsync(new TaskComplete { Task = _work.Id, Attempt = _work.Attempt, Token = _work.Token, Result = RawJson.Parse("42"), Usage = usage });

        request.Refused(Answers.Error(request.Message, code));

        var complete = Assert.IsType<TaskComplete>(Assert.Single(_parts.SentMessages()));
        Assert.Equal(("42", null), (complete.Result.ToString(), complete.Usage));
        Assert.Equal(1, _parts.Leases.Count);
    }

    [Fact]
    public async Task A_result_that_can_never_be_taken_fails_its_task()
    {
        var request = await SendAsync(new TaskComplete { Task = _work.Id, Attempt = _work.Attempt, Token = _work.Token });

        request.Refused(Answers.Error(request.Message, ErrorCodes.TooLarge));

        var fail = Assert.IsType<TaskFail>(Assert.Single(_parts.SentMessages()));
        Assert.Equal(("RESULT_REJECTED", false), (fail.Error.Code, fail.Retryable));
        Assert.Equal(1, _parts.Leases.Count);
    }

    [Fact]
    public async Task A_question_without_room_at_the_hub_is_asked_again_after_a_pause_that_grows()
    {
        var request = await SendAsync(new TaskAsk { Task = _work.Id, Attempt = _work.Attempt, Token = _work.Token, Question = new() { Text = "Which branch?" } });
        for (var pause = TimeSpan.FromSeconds(1); pause < TimeSpan.FromSeconds(8); pause *= 2)
        {
            _parts.Requests.Take(request.Message.Id);
            request.Refused(Answers.Error(request.Message, ErrorCodes.QuotaExceeded));
            _parts.Time.Advance(pause - TimeSpan.FromMilliseconds(1));
            Assert.Empty(_parts.Sent());
            await _parts.Time.AdvanceUntilAsync(() => _parts.Requests.Queue.Count == 1, TimeSpan.FromMilliseconds(1), "the question to be queued again");
            Assert.Same(request, Assert.Single(_parts.Sent()));
        }

        Assert.Equal((1, 0), (_parts.Leases.Count, _parts.Calls.Count));
    }

    [Fact]
    public async Task A_question_that_met_the_cancellation_of_its_task_confirms_it()
    {
        var request = await SendAsync(new TaskAsk { Task = _work.Id, Attempt = _work.Attempt, Token = _work.Token, Question = new() { Text = "Which branch?" } });
        _work.Cancel(CancelCause.TaskCancelled, "not needed");

        request.Refused(Answers.Error(request.Message, ErrorCodes.InvalidState));

        Assert.IsType<TaskCancelled>(Assert.Single(_parts.SentMessages()));
        Assert.Equal(1, _parts.Leases.Count);
    }

    [Fact]
    public void An_assignment_is_handed_back_only_while_its_handler_has_not_ended()
    {
        _parts.Reporter.ReleaseNow(_work);
        _parts.Reporter.ReleaseNow(_work);
        Assert.IsType<TaskRelease>(Assert.Single(_parts.SentMessages()));
    }

    [Fact]
    public void A_lease_that_is_not_here_is_neither_stopped_nor_cancelled()
    {
        _parts.Reporter.Stop(new LeaseRef("t9", 1, 9), "gone");
        _parts.Reporter.Cancel(new LeaseRef("t9", 1, 9), "gone");
        Assert.Equal(CancelCause.None, _work.CancelCause);

        _parts.Reporter.Cancel(_work.Lease, "not needed");
        Assert.Equal((CancelCause.TaskCancelled, "not needed"), (_work.CancelCause, _work.CancelReason));
    }

    [Fact]
    public void A_hook_that_throws_ends_the_worker()
    {
        _parts.Options.OnRejected = (_, _, _, _) => throw new InvalidOperationException("a bug");
        _parts.Reporter.GiveUp(_work, ErrorCodes.StaleLease);
        Assert.Contains("a bug", Assert.Single(_parts.Failures).Message, StringComparison.Ordinal);
    }

    private async Task<Request> SendAsync(LeaseMessage message)
    {
        await _parts.Reporter.SendAsync(_work, message);
        return Assert.Single(_parts.Sent());
    }
}
