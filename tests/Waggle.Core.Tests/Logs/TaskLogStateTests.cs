using Waggle.Core.Logs;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Logs;

public class TaskLogStateTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void Without_room_lines_are_passed_on_and_counted_as_dropped()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Start();
        worker.Log("stored");
        _hive.Engine.Full = true;
        worker.Log("passed on", "and this");
        _hive.Engine.Full = false;
        worker.Log("stored, too");

        Assert.Equal([1L, null, 2L], _hive.All.OfType<TaskLogged>().Select(l => l.Seq));
        Assert.Equal(("a1", 2L), Assert.Single(Log().Dropped) is var dropped ? (dropped.Agent, dropped.Lines) : default);
    }

    [Fact]
    public void An_acknowledged_line_is_in_a_commit()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Start();
        var commits = _hive.Store.Commits;
        worker.Log("a line");
        Assert.Equal(commits + 1, _hive.Store.Commits);
    }

    [Fact]
    public void Memory_holds_no_log_of_a_task_that_ended()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Start();
        worker.Log("a line");
        Assert.Null(Log().EndedAt);
        worker.Complete();
        Assert.Equal(TestHive.Start, Log().EndedAt);
        _hive.Restart();
        Assert.Empty(_hive.State.Context.Table("task_log")!.OpenIds);
    }

    private TaskLogEntity Log() => TaskLogFeature.Logs.Parse(_hive.Store.Entities("default").Single(e => e.Kind == "task_log"));
}
