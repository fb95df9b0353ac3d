using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class DependencyGraphTests
{
    private readonly EntityTable<TaskEntity> _tasks = new HiveContext(new HiveOptions(), NullLogger.Instance).Table(TaskFeature.Tasks);
    private readonly DependencyGraph _graph = new();

    [Fact]
    public void A_task_waits_for_each_open_dependency_once()
    {
        Put("first", TaskState.Pending);
        Put("over", TaskState.Completed);
        var blocked = Put("blocked", TaskState.Blocked, "first", "first", "over", "unknown");

        _graph.Link(blocked, _tasks);

        Assert.Equal(1, _graph.OpenOf("blocked"));
        Assert.Equal(["blocked"], _graph.DependentsOf("first"));
        Assert.Empty(_graph.DependentsOf("over"));
    }

    [Fact]
    public void An_end_gives_those_that_waited_and_counts_for_each()
    {
        Put("first", TaskState.Pending);
        Put("second", TaskState.Pending);
        _graph.Link(Put("both", TaskState.Blocked, "first", "second"), _tasks);
        _graph.Link(Put("one", TaskState.Blocked, "first"), _tasks);

        Assert.Equal(["both", "one"], _graph.End("first").Order(StringComparer.Ordinal));

        Assert.Equal((1, 0), (_graph.OpenOf("both"), _graph.OpenOf("one")));
        Assert.Empty(_graph.End("first"));
    }

    [Fact]
    public void A_task_that_is_no_longer_blocked_waits_for_nothing()
    {
        Put("first", TaskState.Pending);
        var blocked = Put("blocked", TaskState.Blocked, "first");
        _graph.Link(blocked, _tasks);

        _graph.Unlink(blocked);

        Assert.Equal(0, _graph.OpenOf("blocked"));
        Assert.Empty(_graph.End("first"));
    }

    private TaskEntity Put(string id, TaskState state, params string[] dependsOn)
    {
        var task = new TaskEntity
        {
            Id = id,
            Seq = 1,
            Spec = new TaskSpec { Title = id, DependsOn = dependsOn },
            Swarm = "default",
            State = state,
            Priority = 3,
            CreatedAt = TestHive.Start,
            UpdatedAt = TestHive.Start,
            EndedAt = state.IsTerminal() ? TestHive.Start : null,
        };
        _tasks.Put(task);
        return task;
    }
}
