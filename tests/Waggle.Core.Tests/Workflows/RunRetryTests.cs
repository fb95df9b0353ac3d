using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
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
}
