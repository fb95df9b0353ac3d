using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class DependencyTests
{
    private readonly TestHive _hive = new();

    private string After(JoinRule? join, params string[] on) => _hive.Create("after", s => s with { DependsOn = on, Join = join });

    [Fact]
    public void A_task_waits_until_all_that_it_depends_on_has_completed()
    {
        var (first, second) = (_hive.Create("first"), _hive.Create("second"));
        var after = After(null, first, second);
        var worker = _hive.Worker("a1", slots: 2);

        Assert.Equal(TaskState.Blocked, _hive.StateOf(after));
        worker.Complete(worker.LeaseOn(first));
        Assert.Equal(TaskState.Blocked, _hive.StateOf(after));
        worker.Complete(worker.LeaseOn(second));

        Assert.True(worker.Has(after));
        Assert.Contains(_hive.All, r => r is TaskUnblocked u && u.Task == after);
    }

    [Fact]
    public void The_first_dependency_that_ends_without_success_cancels_the_task_and_what_waits_for_it()
    {
        var first = _hive.Create("first");
        var other = _hive.Create("other");
        var after = After(null, first, other);
        var last = After(JoinRule.AllCompleted, after);

        _hive.Cancel(first);

        Assert.Equal((TaskState.Cancelled, "dependency_failed", "hub"), (_hive.StateOf(after), _hive.Task(after).CancelReason, _hive.Task(after).CancelledBy));
        Assert.Equal("DEPENDENCY_FAILED", _hive.Task(last).Error?.Code);
        Assert.Contains(after, _hive.Task(last).Error!.Message);
        Assert.Equal(TaskState.Pending, _hive.StateOf(other));
    }

    [Fact]
    public void With_all_ended_a_task_starts_however_its_dependencies_ended()
    {
        var (first, second) = (_hive.Create("first"), _hive.Create("second"));
        var after = After(JoinRule.AllEnded, first, second);

        _hive.Cancel(first);
        Assert.Equal(TaskState.Blocked, _hive.StateOf(after));
        _hive.Cancel(second);

        Assert.Equal(TaskState.Pending, _hive.StateOf(after));
    }

    [Fact]
    public void What_completed_before_is_no_reason_to_wait()
    {
        var worker = _hive.Worker("a1");
        var first = _hive.Create("first");
        worker.Complete();

        Assert.Equal(TaskState.Assigned, _hive.StateOf(After(null, first, first)));
    }

    [Fact]
    public void A_task_that_depends_on_a_failed_one_is_cancelled_as_it_is_created()
    {
        var first = _hive.Create("first");
        _hive.Cancel(first);

        var created = _hive.CreateAll(new TaskSpec { Title = "after", DependsOn = [first] }).Single();

        Assert.Equal(TaskState.Cancelled, created.State);
        Assert.Equal(TaskState.Cancelled, _hive.StateOf(created.Id));
        Assert.Equal("dependency_failed", _hive.Replies<TaskCancelled>().Reason);
    }

    [Fact]
    public void A_dependency_named_twice_counts_once()
    {
        var first = _hive.Create("first");
        var after = After(null, first, first);
        var worker = _hive.Worker("a1");

        worker.Complete();

        Assert.True(worker.Has(after));
    }

    [Fact]
    public void A_blocked_task_is_still_blocked_after_a_restart_and_freed_after_it()
    {
        var first = _hive.Create("first");
        var after = After(null, first);

        _hive.Restart();
        Assert.Equal(1, _hive.State.OpenDependencies(after));
        _hive.Worker("a1").Complete();

        Assert.Equal(TaskState.Assigned, _hive.StateOf(after));
    }

    [Fact]
    public void A_cancelled_blocked_task_is_not_woken_by_what_it_waited_for()
    {
        var first = _hive.Create("first");
        var after = After(null, first);

        _hive.Cancel(after);
        _hive.Worker("a1").Complete();

        Assert.Equal(TaskState.Cancelled, _hive.StateOf(after));
    }

    [Fact]
    public void Thousands_that_wait_for_one_are_cancelled_with_it()
    {
        var first = _hive.Create("first");
        var waiting = _hive.CreateAll([.. Enumerable.Range(0, 1000).Select(i => new TaskSpec { Title = $"after {i}", DependsOn = [first] })]);

        _hive.Cancel(first);

        Assert.All(waiting, w => Assert.Equal(TaskState.Cancelled, _hive.StateOf(w.Id)));
    }
}
