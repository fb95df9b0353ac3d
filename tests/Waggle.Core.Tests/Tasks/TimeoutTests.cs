using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class TimeoutTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestHive _hive = new();

    [Fact]
    public void Schedule_to_start_ends_a_wait_in_the_queue()
    {
        var task = _hive.Create(with: s => s with { ScheduleToStartMs = 1000 });

        _hive.Advance(Second - TimeSpan.FromMilliseconds(1));
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
        _hive.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(TaskState.Expired, _hive.StateOf(task));
        Assert.Equal("schedule_to_start", _hive.Replies<TaskExpired>().Timeout);
    }

    [Fact]
    public void Schedule_to_start_ends_an_assignment_that_is_not_started_and_tells_the_worker()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { ScheduleToStartMs = 1000 });

        _hive.Advance(Second);

        Assert.Equal(TaskState.Expired, _hive.StateOf(task));
        Assert.Equal([(worker.Lease, "expired")], worker.Link.Stops);
        Assert.Equal("expired", _hive.Attempts(task).Single().Outcome);
    }

    [Fact]
    public void Schedule_to_start_does_not_touch_what_started()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { ScheduleToStartMs = 1000 });
        worker.Start();

        _hive.Advance(Second * 10);

        Assert.Equal(TaskState.Running, _hive.StateOf(task));
    }

    [Fact]
    public void Schedule_to_start_begins_anew_each_time_the_task_is_queued()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { ScheduleToStartMs = 5000 });
        _hive.Advance(Second * 3);
        worker.Vanish();
        worker.Release();

        _hive.Advance(Second * 3);
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
        _hive.Advance(Second * 2);

        Assert.Equal(TaskState.Expired, _hive.StateOf(task));
    }

    [Fact]
    public void Start_to_close_fails_the_attempt_which_is_retried()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { StartToCloseMs = 2000 });
        _hive.Advance(Second);
        worker.Start();

        _hive.Advance(Second * 1.5);
        Assert.Equal(TaskState.Running, _hive.StateOf(task));
        _hive.Advance(Second * 0.5);

        Assert.Equal((TaskState.RetryWait, 1), (_hive.StateOf(task), _hive.Task(task).Failures));
        Assert.Equal([(worker.Lease, "timeout")], worker.Link.Stops);
        Assert.Equal("timeout", _hive.Attempts(task).Single().Outcome);
    }

    [Fact]
    public void The_last_attempt_that_runs_out_of_time_is_a_dead_letter()
    {
        _hive.Worker("a1").Hello();
        var task = _hive.Create(with: s => s with { StartToCloseMs = 2000, MaxAttempts = 1 });

        _hive.Advance(Second * 2);

        Assert.Equal((TaskState.Failed, "TIMEOUT"), (_hive.StateOf(task), _hive.Task(task).Error!.Code));
    }

    [Fact]
    public void Schedule_to_close_ends_a_task_in_whatever_state_it_is()
    {
        TaskSpec Short(TaskSpec spec) => spec with { ScheduleToCloseMs = 10_000 };
        var pending = _hive.Create(with: s => Short(s) with { AssignTo = "nobody" });
        var blocked = _hive.Create(with: s => Short(s) with { DependsOn = [pending], Join = JoinRule.AllEnded });
        var worker = _hive.Worker("a1", slots: 3);
        var running = _hive.Create(with: Short);
        worker.Start();
        var waiting = _hive.Create(with: Short);
        worker.Fail(worker.LeaseOn(waiting), after: Second * 60);
        var cancelling = _hive.Create(with: Short);
        _hive.Cancel(cancelling);

        _hive.Advance(Second * 10);

        Assert.All([pending, blocked, running, waiting, cancelling], t => Assert.Equal(TaskState.Expired, _hive.StateOf(t)));
        Assert.Contains((worker.LeaseOn(running), "expired"), worker.Link.Stops);
    }
}
