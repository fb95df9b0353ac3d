using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class CancelTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly TestHive _hive = new();

    [Fact]
    public void What_nobody_holds_is_cancelled_at_once()
    {
        var pending = _hive.Create();
        var blocked = _hive.Create(with: s => s with { DependsOn = [pending], Join = JoinRule.AllEnded });
        Assert.Equal(TaskState.Cancelled, _hive.Cancel(blocked).State);
        Assert.Equal(TaskState.Cancelled, _hive.Cancel(pending, reason: "no need").State);

        var worker = _hive.Worker("a1");
        var waiting = _hive.Create();
        worker.Fail();
        Assert.Equal(TaskState.Cancelled, _hive.Cancel(waiting).State);

        Assert.Equal(("no need", "user"), (_hive.Task(pending).CancelReason, _hive.Task(pending).CancelledBy));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_holder_is_asked_and_obeys(bool started)
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        if (started) worker.Start();

        var ack = _hive.Cancel(task, reason: "stop it");

        Assert.Equal((TaskState.Cancelling, true), (ack.State, ack.CancelRequested));
        Assert.Equal([(worker.Lease, "stop it", Grace)], worker.Link.Cancels);
        Assert.Equal(TaskState.Cancelled, worker.ConfirmCancelled().State);
        Assert.Equal(("stop it", "user"), (_hive.Replies<TaskCancelled>().Reason, _hive.Replies<TaskCancelled>().CancelledBy));
        Assert.Empty(worker.Link.Stops);
        Assert.True(worker.ConfirmCancelled().Duplicate);
    }

    [Fact]
    public void A_completion_that_lands_first_stands_and_says_that_it_was_to_be_cancelled()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Cancel(task);

        var ack = worker.Complete();

        Assert.Equal((TaskState.Completed, true), (ack.State, ack.CancelRequested));
        Assert.True(_hive.Replies<TaskCompleted>().CancelRequested);
        Assert.Equal((TaskState.Completed, true), (_hive.StateOf(task), _hive.Task(task).CancelRequested));
    }

    [Fact]
    public void A_failure_while_cancelling_is_final()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Cancel(task);

        Assert.Equal(TaskState.Failed, worker.Fail().State);
        Assert.Equal(TaskState.Failed, _hive.StateOf(task));
    }

    [Fact]
    public void A_refusal_or_release_while_cancelling_cancels()
    {
        var worker = _hive.Worker("a1", slots: 2);
        var (refused, released) = (_hive.Create(), _hive.Create());
        _hive.Cancel(refused);
        _hive.Cancel(released);

        Assert.Equal(TaskState.Cancelled, worker.Refuse(worker.LeaseOn(refused)).State);
        Assert.Equal(TaskState.Cancelled, worker.Release(worker.LeaseOn(released)).State);
    }

    [Fact]
    public void After_the_grace_the_lease_is_revoked()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { LeaseMs = 60_000 });
        _hive.Cancel(task);

        _hive.Advance(Grace - TimeSpan.FromMilliseconds(1));
        Assert.Equal(TaskState.Cancelling, _hive.StateOf(task));
        _hive.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(TaskState.Cancelled, _hive.StateOf(task));
        Assert.Equal([(worker.Lease, "cancelled")], worker.Link.Stops);
    }

    [Fact]
    public void A_lease_that_lapses_while_cancelling_ends_in_cancelled_and_counts_no_loss_of_the_task()
    {
        _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { LeaseMs = 1000 });
        _hive.Cancel(task);

        _hive.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((TaskState.Cancelled, 0), (_hive.StateOf(task), _hive.Task(task).Losses));
    }

    [Fact]
    public void Force_takes_it_from_its_worker_at_once()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        _hive.Cancel(task);

        Assert.Equal(TaskState.Cancelled, _hive.Cancel(task, force: true).State);

        Assert.Equal([(worker.Lease, "cancelled")], worker.Link.Stops);
        Assert.Equal("cancelled", _hive.Attempts(task).Single().Outcome);
    }

    [Fact]
    public void Asked_twice_it_is_cancelled_once()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Cancel(task);
        Assert.True(_hive.Cancel(task).Duplicate);
        worker.ConfirmCancelled();
        Assert.True(_hive.Cancel(task).Duplicate);

        Assert.Single(_hive.All.OfType<TaskCancelRequested>());
        Assert.Single(_hive.All.OfType<TaskCancelled>());
    }

    [Fact]
    public void What_ended_otherwise_cannot_be_cancelled_and_what_nobody_cancels_cannot_be_confirmed()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        Assert.Equal(ErrorCodes.InvalidState, worker.Refused(l => new ConfirmCancelled(l) { By = worker.Principal }).Code);
        worker.Complete();

        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(new CancelTask(task, null, false) { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new CancelTask("t0-0", null, false) { By = TestHive.User }).Code);
    }

    [Fact]
    public void A_cancellation_goes_on_after_a_restart()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { LeaseMs = 60_000 });
        _hive.Cancel(task);

        _hive.Restart();
        Assert.Equal([worker.LeaseOn(task)], worker.Renew(worker.LeaseOn(task)).Cancel);
        _hive.Advance(Grace);

        Assert.Equal(TaskState.Cancelled, _hive.StateOf(task));
    }
}
