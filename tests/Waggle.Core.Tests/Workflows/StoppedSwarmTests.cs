using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

public sealed class StoppedSwarmTests
{
    private const string Trip = """
        {"id":"trip","on_failure":"compensate","steps":[{"id":"a","task":{"title":"A"},"compensate":{"title":"Undo A"}},
          {"id":"b","depends_on":["a"],"task":{"title":"B"},"compensate":{"title":"Undo B"}},{"id":"c","depends_on":["b"],"task":{"title":"C"}}]}
        """;

    private readonly FlowHive _flow = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_runs_of_a_stopped_swarm_are_cancelled_and_nothing_is_compensated(bool resumed)
    {
        _flow.Define(Trip);
        _flow.Define("""{"id":"waits","steps":[{"id":"s","signal":{"name":"go"}}]}""");
        _flow.Define("""{"id":"calls","steps":[{"id":"s","workflow":{"id":"trip"}}]}""");
        string[] runs = [_flow.Start("trip", key: "k").Id, _flow.Start("trip", key: "k", onConflict: RunConflict.Enqueue).Id, _flow.Start("waits").Id];
        _flow.Complete("A");
        var calling = _flow.Start("calls").Id;
        Assert.Equal(2, _flow.Working.Count);
        _flow.Hive.Turn(resumed ? [Set(SwarmState.Stopped), Set(SwarmState.Active)] : [Set(SwarmState.Stopped)]);
        _flow.Settle();
        foreach (var title in _flow.Working) _flow.ConfirmCancelled(title);
        _flow.Hive.Advance(TimeSpan.FromMinutes(1));

        Assert.All([.. runs, calling], run =>
        {
            var ended = _flow.Run(run);
            Assert.Equal((WorkflowRunState.Cancelled, ErrorCodes.SwarmStopped, "swarm stopped"), (ended.State, ended.Error?.Code, ended.CancelReason));
            Assert.False(ended.Compensated);
        });
        Assert.Empty(_flow.Working);
        Assert.Equal(["a completed", "b cancelled"], _flow.Steps(runs[0]));
    }

    [Fact]
    public void A_run_of_a_resumed_swarm_is_retried_and_keeps_what_completed()
    {
        _flow.Define(Trip);
        var run = _flow.Start("trip").Id;
        _flow.Complete("A");
        _flow.Hive.Ok(Set(SwarmState.Stopped));
        _flow.Settle();
        _flow.ConfirmCancelled("B");
        Assert.Equal(ErrorCodes.SwarmStopped, _flow.Hive.Refused(new RetryRun(run) { By = TestHive.User }).Code);
        _flow.Hive.Ok(Set(SwarmState.Active));
        _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        _flow.Settle();
        _flow.Restart();
        _flow.Complete("B");
        _flow.Complete("C");

        Assert.Equal((WorkflowRunState.Completed, null), (_flow.StateOf(run), _flow.Run(run).Error));
    }

    [Fact]
    public void A_stop_ends_a_compensation_and_the_run_keeps_its_own_error()
    {
        _flow.Define(Trip);
        var run = _flow.Start("trip").Id;
        _flow.Complete("A");
        _flow.Complete("B");
        _flow.Fail("C");
        Assert.Equal(["Undo B"], _flow.Working);
        _flow.Hive.Ok(Set(SwarmState.Stopped));
        _flow.Settle();
        _flow.ConfirmCancelled("Undo B");

        Assert.Equal((WorkflowRunState.Failed, "c", true), (_flow.StateOf(run), _flow.Run(run).Error!.Step, _flow.Run(run).Compensated));
        Assert.Equal(WorkflowStepState.Cancelled, _flow.Stored(run).Single(s => s.Compensation).State);
    }

    [Fact]
    public void A_run_whose_compensations_a_stop_prevents_is_not_compensated()
    {
        _flow.Define("""
            {"id":"w","on_failure":"compensate","steps":[{"id":"a","task":{"title":"A"},"compensate":{"title":"Undo"}},
              {"id":"b","task":{"title":"B"}},{"id":"c","task":{"title":"C"}}]}
            """);
        var run = _flow.Start("w").Id;
        _flow.Complete("A");
        _flow.Fail("B");
        Assert.Equal(WorkflowRunState.Stopping, _flow.StateOf(run));
        _flow.Hive.Ok(Set(SwarmState.Stopped));
        _flow.Settle();
        _flow.ConfirmCancelled("C");

        Assert.Equal((WorkflowRunState.Failed, "b", false), (_flow.StateOf(run), _flow.Run(run).Error!.Step, _flow.Run(run).Compensated));
    }

    private static SetSwarmState Set(SwarmState state) => new(SwarmEntity.DefaultId, state) { By = TestHive.User };
}
