using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

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
