using Waggle.Core.Purges;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Core.Tests.Workflows;
using Waggle.Core.Workflows;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Purges;

/// <summary>The batch of tasks of a purge, and the workflows that need them.</summary>
public sealed class PurgeTasksTests
{
    private readonly FlowHive _flow = new();

    [Fact]
    public void A_task_that_ended_after_it_was_read_is_left_as_open()
    {
        _flow.Define("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}}]}""");
        _flow.Start("w");
        var task = _flow.Task("A").Id;
        _flow.Complete("A");

        var purged = Purge(task, hadEnded: false);

        Assert.Equal((0, 1), (purged.Counts.Tasks, purged.Counts.OpenTasks));
        Assert.Equal([task], purged.OpenTasks);
        Assert.Null(_flow.Hive.Ok(new ShowTask(task) { By = TestHive.User }).PurgedAt);
    }

    [Theory]
    [InlineData("\"task\":{\"title\":\"B\",\"input\":{\"x\":{\"$\":\"steps.a.output.n\"}}}")]
    [InlineData("\"when\":\"steps.a.output.n == null\",\"task\":{\"title\":\"B\"}")]
    public void A_step_that_needs_a_purged_output_fails_and_does_not_read_null(string step)
    {
        var signal = """{"id":"s","depends_on":["a"],"signal":{"name":"go"}}""";
        _flow.Define($$$"""{"id":"w","steps":[{"id":"a","task":{"title":"A"}},{{{signal}}},{"id":"b","depends_on":["s"],{{{step}}}}]}""");
        var run = _flow.Start("w").Id;
        var task = _flow.Task("A").Id;
        _flow.Complete("A", """{"n":7}""");

        Assert.Equal(1, Purge(task, hadEnded: true).Counts.Tasks);
        _flow.Hive.Ok(new SignalRun(run, "go") { By = TestHive.User });
        _flow.Settle();

        Assert.Equal((WorkflowRunState.Failed, "OUTPUT_GONE", "b"), (_flow.StateOf(run), _flow.Run(run).Error!.Code, _flow.Run(run).Error!.Step));
        Assert.Empty(_flow.Working);
    }

    private PurgeView Purge(string task, bool hadEnded)
    {
        var purge = _flow.Hive.Ok(new StartPurge(new PurgeSpec { Task = task }) { By = TestHive.User });
        var next = new PurgeProgress(PurgeStep.Memory, null, new PurgeCounts(0, 0, 0, 0), 0, 0, 0, null);
        return _flow.Hive.Ok(new PurgeTasks(purge.Id, [new PurgedTask(task, 1, hadEnded)], [], next) { By = TestHive.User });
    }
}
