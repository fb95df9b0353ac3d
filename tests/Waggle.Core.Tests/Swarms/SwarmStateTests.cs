using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Swarms;

public class SwarmStateTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void Paused_means_that_nothing_new_is_assigned_and_what_runs_goes_on()
    {
        var worker = _hive.Worker("a1", slots: 2);
        var running = _hive.Create();
        worker.Start();

        var shown = _hive.Swarm(SwarmState.Paused);

        Assert.Equal((SwarmState.Paused, TestHive.Start, "user"), (shown.State, shown.StateSince!.Value, shown.StateBy));
        var waiting = _hive.Create();
        Assert.Equal(TaskState.Pending, _hive.StateOf(waiting));
        Assert.Equal("swarm_paused", _hive.Show(waiting).UnschedulableReason!.Code);
        Assert.Contains("'default' is paused, by user", _hive.Replies<TasksUnschedulable>().Reason.Message, StringComparison.Ordinal);
        Assert.Equal(TaskState.Completed, worker.Complete(worker.LeaseOn(running)).State);
    }

    [Fact]
    public void Resumed_it_assigns_at_once_what_waited()
    {
        _hive.Worker("a1");
        _hive.Swarm(SwarmState.Paused);
        var waiting = _hive.Create();

        Assert.Equal(SwarmState.Active, _hive.Swarm(SwarmState.Active).State);

        Assert.Equal(TaskState.Assigned, _hive.StateOf(waiting));
    }

    [Fact]
    public void One_swarm_is_paused_and_the_others_are_not()
    {
        _hive.Ok<SwarmView>(new CreateSwarm("Second", "s2") { By = TestHive.User });
        _hive.Worker("a1");
        _hive.Swarm(SwarmState.Paused, "s2");
        Assert.Equal(TaskState.Assigned, _hive.StateOf(_hive.Create()));
    }

    [Fact]
    public void A_retry_that_comes_due_waits_for_the_pause_to_end()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { BackoffBaseMs = 0 });
        _hive.Swarm(SwarmState.Paused);
        worker.Fail();

        _hive.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
    }

    [Theory]
    [InlineData(SwarmState.Active)]
    [InlineData(SwarmState.Paused)]
    [InlineData(SwarmState.Stopped)]
    public void Asked_twice_it_happens_once(SwarmState state)
    {
        _hive.Swarm(state == SwarmState.Active ? SwarmState.Paused : SwarmState.Active);
        var first = _hive.Swarm(state);
        var changes = _hive.All.OfType<SwarmStateChanged>().Count();
        _hive.Now += TimeSpan.FromSeconds(1);

        var second = _hive.Swarm(state);

        Assert.Equal((first.State, first.StateSince), (second.State, second.StateSince));
        Assert.Equal(changes, _hive.All.OfType<SwarmStateChanged>().Count());
    }

    [Fact]
    public void A_stop_cancels_what_waits_at_once_and_asks_the_holders_of_the_rest()
    {
        var worker = _hive.Worker("a1");
        var running = _hive.Create();
        var pending = _hive.Create();
        var blocked = _hive.Create(with: s => s with { DependsOn = [pending] });

        _hive.Swarm(SwarmState.Stopped);
        _hive.Advance(TimeSpan.Zero);

        Assert.Equal(TaskState.Cancelled, _hive.StateOf(pending));
        Assert.Equal((TaskState.Cancelled, CancelStopped.Reason, "user"), (_hive.StateOf(blocked), _hive.Task(blocked).CancelReason, _hive.Task(blocked).CancelledBy));
        Assert.Equal(TaskState.Cancelling, _hive.StateOf(running));
        Assert.Equal(CancelStopped.Reason, Assert.Single(worker.Link.Cancels).Reason);
        worker.ConfirmCancelled();
        Assert.Empty(_hive.State.Tasks);
    }

    [Fact]
    public void A_stopped_swarm_takes_no_tasks_until_it_is_resumed()
    {
        var known = _hive.Create(with: s => s with { IdempotencyKey = "k" });
        _hive.Swarm(SwarmState.Stopped);
        _hive.Advance(TimeSpan.Zero);

        Assert.Equal(ErrorCodes.SwarmStopped, _hive.RefusedTask(s => s).Code);
        Assert.Equal(ErrorCodes.SwarmStopped, _hive.Refused(new RetryTask(known) { By = TestHive.User }).Code);
        Assert.Equal((known, true), (_hive.CreateAll(new TaskSpec { Title = "task", IdempotencyKey = "k" })[0].Id, true));
        Assert.Equal(ErrorCodes.SwarmStopped, _hive.Refused(new SetSwarmState("default", SwarmState.Paused) { By = TestHive.User }).Code);

        _hive.Swarm(SwarmState.Active);
        Assert.Equal(TaskState.Pending, _hive.StateOf(_hive.Create()));
    }

    [Fact]
    public void A_stop_over_many_tasks_is_many_small_turns()
    {
        const int Tasks = (2 * CancelStopped.Most) + 7;
        for (var i = 0; i < Tasks; i += 7) _hive.CreateAll([.. Enumerable.Range(0, Math.Min(7, Tasks - i)).Select(_ => new TaskSpec { Title = "one of many" })]);

        _hive.Swarm(SwarmState.Stopped);
        var turns = new List<int>();
        while (_hive.State.Timers.NextDue <= _hive.Now)
        {
            _hive.Late(TimeSpan.Zero);
            turns.Add(_hive.Last.Count);
        }

        Assert.Equal([CancelStopped.Most, CancelStopped.Most, 7, 0], turns);
        Assert.Empty(_hive.State.Tasks);
    }

    [Fact]
    public void A_restart_in_the_middle_of_a_stop_finishes_it_even_if_it_was_resumed_since()
    {
        var before = _hive.CreateAll([.. Enumerable.Range(0, CancelStopped.Most).Select(_ => new TaskSpec { Title = "before" })]);
        var last = _hive.Create("also before");
        _hive.Swarm(SwarmState.Stopped);
        _hive.Late(TimeSpan.Zero);
        Assert.Single(_hive.State.Tasks);
        _hive.Swarm(SwarmState.Active);
        var after = _hive.Create("after");

        _hive.Restart();
        _hive.Advance(TimeSpan.Zero);

        Assert.All(before.Select(t => t.Id).Append(last), t => Assert.Equal(TaskState.Cancelled, _hive.StateOf(t)));
        Assert.Equal(TaskState.Pending, _hive.StateOf(after));
    }

    [Theory]
    [InlineData(SwarmState.Paused)]
    [InlineData(SwarmState.Stopped)]
    public void A_restart_keeps_the_state(SwarmState state)
    {
        var before = _hive.Swarm(state);
        _hive.Restart();
        var shown = _hive.Ok<SwarmView>(new ShowSwarm("default") { By = TestHive.User });
        Assert.Equal((state, before.StateSince, "user"), (shown.State, shown.StateSince, shown.StateBy));
    }

    [Fact]
    public void A_swarm_that_is_not_there_is_said_to_be_missing() =>
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new SetSwarmState("nobody", SwarmState.Paused) { By = TestHive.User }).Code);
}
