using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class LateResultTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly TestHive _hive = new();

    [Fact]
    public void A_late_result_is_taken_while_nobody_else_has_the_task()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Advance(Lease);
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));

        Assert.Equal(TaskState.Completed, worker.Complete(worker.LeaseOn(task)).State);

        Assert.Equal("42", _hive.Task(task).Result.ToString());
        Assert.Equal("completed", _hive.Attempts(task).Single().Outcome);
        Assert.True(worker.Complete(worker.LeaseOn(task)).Duplicate);
    }

    [Fact]
    public void A_late_result_is_an_orphan_once_another_has_the_task()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Advance(Lease);
        var other = _hive.Worker("a2");
        Assert.True(other.Has(task));

        var error = worker.Refused(l => worker.CompleteCommand(l, "\"late\""), worker.LeaseOn(task));

        Assert.Equal(ErrorCodes.StaleLease, error.Code);
        Assert.Equal(("a1", "\"late\""), (_hive.Replies<TaskOrphanResult>().Agent, _hive.Replies<TaskOrphanResult>().Result.ToString()));
        Assert.Equal(TaskState.Completed, other.Complete().State);
        Assert.Equal("42", _hive.Task(task).Result.ToString());
    }

    [Fact]
    public void A_result_after_the_end_is_an_orphan()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        _hive.Cancel(task, force: true);

        Assert.Equal(ErrorCodes.StaleLease, worker.Refused(l => worker.CompleteCommand(l)).Code);

        Assert.Equal(TaskState.Cancelled, _hive.Replies<TaskOrphanResult>().State);
        Assert.Equal(TaskState.Cancelled, _hive.StateOf(task));
    }

    [Fact]
    public void A_late_failure_is_only_refused()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Advance(Lease);

        Assert.Equal(ErrorCodes.StaleLease, worker.Refused(l => worker.FailCommand(l), worker.LeaseOn(task)).Code);
        Assert.DoesNotContain(_hive.All, r => r is TaskOrphanResult);
    }

    [Fact]
    public void A_token_that_was_never_given_leaves_no_orphan()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();

        worker.Refused(l => worker.CompleteCommand(l), worker.Lease with { Token = 1 });

        Assert.DoesNotContain(_hive.All, r => r is TaskOrphanResult);
    }

    [Fact]
    public void A_lapsed_result_is_taken_after_a_restart_too()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Advance(Lease);

        _hive.Restart();

        Assert.Equal(TaskState.Completed, worker.Complete(worker.LeaseOn(task)).State);
    }
}
