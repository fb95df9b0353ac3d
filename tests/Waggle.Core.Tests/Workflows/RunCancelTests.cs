using Waggle.Core.Tests.Support;
using Waggle.Core.Workflows;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

public sealed class RunCancelTests
{
    private readonly FlowHive _flow = new();

    [Fact]
    public void The_reason_of_a_cancellation_reaches_the_tasks_and_the_called_runs_and_stays()
    {
        _flow.Define("""{"id":"sub","steps":[{"id":"x","task":{"title":"Sub"}}]}""");
        _flow.Define("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","workflow":{"id":"sub"}}]}""");
        var run = _flow.Start("w").Id;
        var called = _flow.Stored(run).Single(s => s.Child is not null).Child!;
        _flow.Hive.Ok(new CancelRun(run, "no longer needed") { By = TestHive.User });
        _flow.Settle();
        Assert.Equal(["no longer needed", "no longer needed"], _flow.Hive.State.Tasks.Select(t => t.CancelReason));
        _flow.ConfirmCancelled("A");
        _flow.ConfirmCancelled("Sub");

        Assert.All([run, called], id => Assert.Equal((WorkflowRunState.Cancelled, "no longer needed"), (_flow.StateOf(id), _flow.Run(id).CancelReason)));
    }
}
