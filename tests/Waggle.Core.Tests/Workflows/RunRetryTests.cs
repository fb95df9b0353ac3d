using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Workflows;

public sealed class RunRetryTests
{
    private readonly FlowHive _flow = new();

    [Fact]
    public void A_retried_map_whose_rule_cannot_be_met_fails_again()
    {
        _flow.Define("""{"id":"m","steps":[{"id":"each","map":{"over":"input","at_least":3},"task":{"title":"Each"}}]}""");
        var run = _flow.Start("m", "[1,2]").Id;
        _flow.Complete("Each [0]");
        _flow.Complete("Each [1]");
        Assert.Equal(WorkflowRunState.Failed, _flow.StateOf(run));
        _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        _flow.Settle();

        Assert.Equal((WorkflowRunState.Failed, "ITEMS_FAILED", 1), (_flow.StateOf(run), _flow.Run(run).Error!.Code, _flow.Run(run).Retries));
    }

    [Fact]
    public void A_retry_keeps_a_signal_whose_step_has_not_ended()
    {
        _flow.Define("""
            {"id":"s","steps":[{"id":"a","task":{"title":"A"}},{"id":"ok","depends_on":["a"],"signal":{"name":"ok"}},
              {"id":"z","depends_on":["ok"],"task":{"title":"Z","input":{"$":"steps.ok.output"}}}]}
            """);
        var run = _flow.Start("s").Id;
        _flow.Hive.Ok(new SignalRun(run, "ok", RawJson.Parse("7")) { By = TestHive.User });
        _flow.Fail("A");
        _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        _flow.Settle();
        _flow.Complete("A");

        Assert.Equal("7", _flow.InputOf("Z"));
    }

    [Fact]
    public void A_retry_in_the_turn_in_which_the_run_ends_is_possible()
    {
        _flow.Define("""{"id":"s","steps":[{"id":"a","signal":{"name":"never"}}]}""");
        var run = _flow.Start("s").Id;
        var decisions = _flow.Hive.Turn(new CancelRun(run) { By = TestHive.User }, new RetryRun(run) { By = TestHive.User })!;

        Assert.Null(decisions[1].Error);
        _flow.Settle();
        Assert.Equal((WorkflowRunState.Running, 1), (_flow.StateOf(run), _flow.Run(run).Retries));
        Assert.Equal(["a running"], _flow.Steps(run));
    }

    [Fact]
    public void A_retry_of_a_large_run_takes_many_turns_of_bounded_size()
    {
        const int Items = 3000;
        var run = Large(Items);
        var sizes = new List<int>();
        _flow.Hive.Store.OnCommit = batch =>
        {
            sizes.Add(batch.Entities.Count + batch.Removed.Count);
            return Task.CompletedTask;
        };
        _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        Assert.Empty(_flow.Working);
        Assert.Equal(ErrorCodes.InvalidState, _flow.Hive.Refused(new SignalRun(run, "go") { By = TestHive.User }).Code);
        _flow.Settle();

        Assert.InRange(sizes.Max(), 1, RestoreSteps.Most + 10);
        Assert.InRange(sizes.Count, Items / RestoreSteps.Most, 3 * Items / RestoreSteps.Most);
        Assert.Equal(["Each [7]"], _flow.Working);
        Assert.Equal((WorkflowRunState.Running, 1), (_flow.StateOf(run), _flow.Run(run).EndedSteps));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_restart_in_the_middle_of_a_retry_loses_nothing(bool cancelled)
    {
        var run = Large(1500);
        _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        _flow.Hive.Turn(new RestoreSteps { By = Principal.Hub(_flow.Hive.Options.Hive) });
        Assert.NotEmpty(_flow.Run(run).Restored!);
        if (cancelled) _flow.Hive.Ok(new CancelRun(run) { By = TestHive.User });
        _flow.Restart();

        if (cancelled)
        {
            Assert.Equal(WorkflowRunState.Cancelled, _flow.StateOf(run));
            _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
            _flow.Settle();
        }

        Assert.Equal(["Each [7]"], _flow.Working);
        _flow.Complete("Each [7]", "7");
        _flow.Hive.Ok(new SignalRun(run, "go") { By = TestHive.User });
        _flow.Settle();
        Assert.Equal((WorkflowRunState.Completed, 3), (_flow.StateOf(run), _flow.Run(run).EndedSteps));
    }

    [Fact]
    public async Task The_failed_items_of_a_large_map_start_again_although_the_evaluator_waits_when_the_retry_begins()
    {
        var run = Large(1500);
        await using var running = await RunningHive.StartAsync(store: _flow.Hive.Store, time: new FakeTime(_flow.Hive.Now));
        Assert.Null((await running.Ask(new RetryRun(run) { By = TestHive.User })).Error);

        await Eventually.Async(() => Created(running).Any(), "the failed item starts again");
        Assert.Equal("Each [7]", Assert.Single(Created(running)).Spec.Title);
        Assert.Equal(("each", 1500), running.Records.Select(r => r.Payload).OfType<WorkflowStepStarted>().Select(r => (r.Step, r.Items!.Value)).Last());
    }

    [Fact]
    public void A_retry_beyond_the_quota_of_steps_is_refused()
    {
        _flow.Define("""{"id":"s","steps":[{"id":"a","task":{"title":"A"}}]}""");
        var run = _flow.Start("s").Id;
        _flow.Fail("A");
        var steps = Enumerable.Range(1, Limits.MaxWorkflowSteps - 1).Select(i => $$$"""{"id":"s{{{i}}}","depends_on":["s"],"task":{"title":"S"}}""");
        _flow.Define($$$"""{"id":"wide","steps":[{"id":"s","signal":{"name":"never"}},{{{string.Join(',', steps)}}}]}""");
        var wide = new StartRun(new() { Workflow = "wide", Input = RawJson.Parse("null") }) { By = TestHive.User };
        var starts = _flow.Hive.Turn([.. Enumerable.Repeat(wide, Limits.MaxOpenRunSteps / Limits.MaxWorkflowSteps)])!;
        Assert.All(starts, s => Assert.Null(s.Error));

        Assert.Equal(ErrorCodes.QuotaExceeded, _flow.Hive.Refused(new RetryRun(run) { By = TestHive.User }).Code);
        Assert.Equal((WorkflowRunState.Failed, 0), (_flow.StateOf(run), _flow.Run(run).Retries));
    }

    [Fact]
    public void Each_retry_has_the_time_of_the_definition()
    {
        _flow.Define("""{"id":"s","timeout_ms":60000,"steps":[{"id":"a","signal":{"name":"never"}}]}""");
        var run = _flow.Start("s").Id;
        for (var retry = 1; retry <= 3; retry++)
        {
            _flow.Hive.Advance(TimeSpan.FromSeconds(50));
            _flow.Hive.Ok(new CancelRun(run) { By = TestHive.User });
            _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
            _flow.Settle();
            Assert.Equal(_flow.Hive.Now.AddMinutes(1), _flow.Run(run).Deadline);
        }

        _flow.Hive.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((WorkflowRunState.Failed, "EXPIRED"), (_flow.StateOf(run), _flow.Run(run).Error!.Code));
    }

    [Fact]
    public void A_retry_of_a_run_with_a_damaged_step_fails()
    {
        _flow.Define("""{"id":"s","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","depends_on":["a"],"task":{"title":"B"}}]}""");
        var run = _flow.Start("s").Id;
        _flow.Complete("A");
        _flow.Fail("B");
        _flow.Hive.SetsAside = true;
        _flow.Restart();
        _flow.Hive.Store.Damage(new("workflow_step", $"{run}/a"));
        _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        _flow.Settle();

        Assert.Equal((WorkflowRunState.Failed, new WorkflowError("DAMAGED", $"The stored step '{run}/a' is damaged.")), (_flow.StateOf(run), _flow.Run(run).Error));
        Assert.Empty(_flow.Working);
    }

    [Fact]
    public void A_damaged_step_that_a_retry_met_is_known_after_a_restart_in_its_middle()
    {
        var run = Large(1500);
        _flow.Hive.SetsAside = true;
        _flow.Restart();
        _flow.Hive.Store.Damage(new("workflow_step", $"{run}/each/00003"));
        _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        _flow.Hive.Turn(new RestoreSteps { By = Principal.Hub(_flow.Hive.Options.Hive) });
        Assert.NotEmpty(_flow.Run(run).Restored!);
        _flow.Hive.Store.Forget(new("workflow_step", $"{run}/each/00003"));
        _flow.Restart();

        Assert.Equal((WorkflowRunState.Failed, new WorkflowError("DAMAGED", $"The stored step '{run}/each/00003' is damaged.")), (_flow.StateOf(run), _flow.Run(run).Error));
    }

    [Fact]
    public void A_retry_waits_while_the_store_is_full_and_says_so()
    {
        var run = Large(1500);
        _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        Assert.StartsWith("retry:", WaitingFor(run), StringComparison.Ordinal);
        _flow.Hive.Engine.Full = true;
        _flow.Hive.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("", _flow.Run(run).Restored);
        Assert.StartsWith("store:", WaitingFor(run), StringComparison.Ordinal);

        _flow.Hive.Engine.Full = false;
        _flow.Hive.Advance(Waggle.Core.Kernel.DueTimers.RetryAfter);
        _flow.Settle();
        Assert.Null(WaitingFor(run));
        Assert.Equal(["Each [7]"], _flow.Working);
    }

    [Fact]
    public void A_queued_run_says_which_run_it_waits_for()
    {
        _flow.Define("""{"id":"s","on_conflict":"enqueue","steps":[{"id":"a","signal":{"name":"never"}}]}""");
        var (first, second) = (_flow.Start("s", key: "k").Id, _flow.Start("s", key: "k").Id);
        Assert.Equal((null, $"key:k (run {first})"), (WaitingFor(first), WaitingFor(second)));
    }

    private string? WaitingFor(string run) => _flow.Hive.Ok(new ReadLive(run) { By = TestHive.User }).WaitingFor;

    private static IEnumerable<TaskCreated> Created(RunningHive running) => running.Records.Select(r => r.Payload).OfType<TaskCreated>();

    // A run of a map of which one item failed.
    private string Large(int items)
    {
        _flow.Define("""
            {"id":"m","steps":[{"id":"a","task":{"title":"A"}},{"id":"each","depends_on":["a"],"map":{"over":"input"},"task":{"title":"Each"}},
              {"id":"s","depends_on":["each"],"signal":{"name":"go"}}]}
            """);
        var run = _flow.Start("m", $"[{string.Join(',', Enumerable.Range(0, items))}]").Id;
        _flow.Complete("A");
        foreach (var title in _flow.Working)
        {
            if (title == "Each [7]") _flow.Fail(title);
            else _flow.Complete(title);
        }

        Assert.Equal(WorkflowRunState.Failed, _flow.StateOf(run));
        return run;
    }
}
