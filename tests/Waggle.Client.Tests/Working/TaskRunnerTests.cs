using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class TaskRunnerTests
{
    private readonly WorkerParts _parts = new();

    [Fact]
    public async Task The_start_comes_before_the_handler_and_the_result_after_its_reports()
    {
        var before = -1;
        _parts.Handler = async (work, _) =>
        {
            before = _parts.Requests.Queue.Count;
            await work.LogAsync("a line");
            return RawJson.Parse("1");
        };

        var sent = await RunAsync();

        Assert.Equal(1, before);
        Assert.Equal(["task.start", "task.log", "task.complete"], sent.Select(m => m.Type));
        Assert.Equal("1", ((TaskComplete)sent[^1]).Result.ToString());
    }

    [Fact]
    public async Task A_failure_carries_its_code_and_its_pause()
    {
        _parts.Handler = (_, _) => throw new TaskFailedException("DISK", "full", retryable: true, TimeSpan.FromSeconds(3));
        var fail = Assert.IsType<TaskFail>((await RunAsync())[^1]);
        Assert.Equal(("DISK", "full", true, 3000L), (fail.Error.Code, fail.Error.Message, fail.Retryable, fail.RetryAfterMs!.Value));
    }

    [Fact]
    public async Task Another_exception_is_a_failure_named_by_its_type_that_may_be_retried()
    {
        _parts.Handler = (_, _) => throw new InvalidOperationException("a bug");
        var fail = Assert.IsType<TaskFail>((await RunAsync())[^1]);
        Assert.Equal(("InvalidOperationException", true), (fail.Error.Code, fail.Retryable));
    }

    [Fact]
    public async Task A_refusal_is_a_release_while_the_worker_stops()
    {
        _parts.Handler = (_, _) => throw new TaskRefusedException("not mine");
        Assert.IsType<TaskRefuse>((await RunAsync())[^1]);

        _parts.State.Stop();
        Assert.IsType<TaskRelease>((await RunAsync())[^1]);
    }

    [Theory]
    [InlineData(CancelCause.TaskCancelled, typeof(TaskCancelled))]
    [InlineData(CancelCause.LeaseLost, typeof(TaskRelease))]
    [InlineData(CancelCause.WorkerStopping, typeof(TaskRelease))]
    public async Task A_cancelled_handler_ends_as_the_cause_asks(CancelCause cause, Type message)
    {
        _parts.Handler = async (work, cancel) =>
        {
            work.Cancel(cause, "because");
            await Task.Delay(Timeout.Infinite, cancel);
            return default;
        };

        Assert.IsType(message, (await RunAsync())[^1]);
        Assert.Empty(_parts.Calls);
    }

    [Fact]
    public async Task A_question_after_the_cancellation_confirms_it()
    {
        _parts.Handler = (work, _) =>
        {
            work.Cancel(CancelCause.TaskCancelled, "not needed");
            throw new InputRequiredException(new QuestionSpec { Text = "Which branch?" });
        };

        Assert.IsType<TaskCancelled>((await RunAsync())[^1]);
    }

    [Fact]
    public async Task A_handler_whose_question_the_hub_refuses_for_the_cancellation_ends_as_cancelled()
    {
        _parts.Handler = async (work, _) => (await work.AskAsync(new QuestionSpec { Text = "Which branch?", Hold = true }, cancel: CancellationToken.None)).Answer;
        var work = _parts.Accept();
        var running = _parts.Runner.RunAsync(work);
        var ask = _parts.Sent()[^1];
        work.Cancel(CancelCause.TaskCancelled, "not needed");
        ask.Refused(Answers.Error(ask.Message, ErrorCodes.InvalidState));
        await running.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.IsType<TaskCancelled>(_parts.SentMessages()[^1]);
    }

    [Fact]
    public async Task A_handler_whose_lease_is_gone_sends_no_outcome()
    {
        _parts.Handler = async (work, cancel) =>
        {
            work.Cancel(CancelCause.Stopped, "gone");
            await Task.Delay(Timeout.Infinite, cancel);
            return default;
        };

        Assert.Equal(["task.start"], (await RunAsync()).Select(m => m.Type));
        Assert.Equal(["rejected t1 STALE_LEASE"], _parts.Calls);
        Assert.Equal(0, _parts.Leases.Count);
    }

    [Fact]
    public async Task An_assignment_that_was_cancelled_before_its_turn_runs_no_handler()
    {
        _parts.Handler = (_, _) => throw new InvalidOperationException("It ran.");
        var work = _parts.Accept();
        work.Cancel(CancelCause.TaskCancelled, null);

        await _parts.Runner.RunAsync(work);

        Assert.Equal(["task.cancelled"], _parts.SentMessages().Select(m => m.Type));
    }

    [Fact]
    public async Task A_long_result_is_uploaded_and_referred_to()
    {
        var reference = new ResultRef("b1", 10_002, "sha", "application/json");
        RawJson uploaded = default;
        _parts.MaxMessageBytes = 20_000;
        _parts.Handler = (_, _) => new(RawJson.Parse($"\"{new string('x', 10_000)}\""));
        _parts.Upload = (_, result) =>
        {
            uploaded = result;
            return Task.FromResult(reference);
        };

        var complete = Assert.IsType<TaskComplete>((await RunAsync())[^1]);

        Assert.Equal((reference, 10_002), (complete.ResultRef, uploaded.Utf8.Length));
    }

    [Fact]
    public async Task A_long_result_that_the_hub_does_not_take_fails_the_task_for_good()
    {
        _parts.MaxMessageBytes = 0;
        _parts.Upload = (_, _) => throw new WaggleException(ErrorCodes.TooLarge, "no room");
        var fail = Assert.IsType<TaskFail>((await RunAsync())[^1]);
        Assert.Equal(("RESULT_REJECTED", false), (fail.Error.Code, fail.Retryable));
    }

    [Fact]
    public async Task An_assignment_that_was_ended_elsewhere_gets_no_second_outcome()
    {
        _parts.Handler = (work, _) =>
        {
            Assert.True(work.TryEnd());
            return new(RawJson.Parse("1"));
        };
        Assert.Equal(["task.start"], (await RunAsync()).Select(m => m.Type));
    }

    private async Task<List<ClientMessage>> RunAsync()
    {
        var work = _parts.Leases.Count == 0 ? _parts.Accept() : _parts.Accept("t2", token: 2);
        await _parts.Runner.RunAsync(work);
        return _parts.SentMessages();
    }
}
