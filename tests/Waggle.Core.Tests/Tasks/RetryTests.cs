using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class RetryTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_retry_is_a_new_task_that_names_the_old_one_and_however_often_asked_it_is_one()
    {
        var old = _hive.Create("work", s => s with { Priority = 2, IdempotencyKey = "k" });
        _hive.Cancel(old);

        var first = _hive.Retry(old);
        var again = _hive.Retry(old);
        _hive.Restart();
        var cold = _hive.Retry(old);

        Assert.Equal((false, true, true), (first.Duplicate, again.Duplicate, cold.Duplicate));
        Assert.Equal(first.Id, again.Id);
        Assert.Equal(first.Id, cold.Id);
        var task = _hive.Task(first.Id);
        Assert.Equal((old, "work", 2, TaskState.Pending), (task.RetryOf, task.Spec.Title, task.Priority, task.State));
        Assert.Equal(TaskState.Cancelled, _hive.StateOf(old));
    }

    [Fact]
    public void Two_retries_in_one_batch_make_one_task()
    {
        var old = _hive.Create();
        _hive.Cancel(old);

        _hive.Turn(new RetryTask(old) { By = TestHive.User }, new RetryTask(old) { By = TestHive.User });

        Assert.Single(_hive.All.OfType<TaskCreated>(), c => c.RetryOf == old);
    }

    [Fact]
    public void A_retry_can_be_retried()
    {
        var old = _hive.Create();
        _hive.Cancel(old);
        var second = _hive.Retry(old).Id;
        _hive.Cancel(second);

        var third = _hive.Retry(second);

        Assert.Equal((false, second), (third.Duplicate, _hive.Task(third.Id).RetryOf));
    }

    [Fact]
    public void Failed_and_expired_tasks_can_be_retried_and_others_not()
    {
        var worker = _hive.Worker("a1");
        var failed = _hive.Create();
        worker.Fail(retryable: false);
        var completed = _hive.Create();
        worker.Complete();
        var expired = _hive.Create(with: s => s with { ScheduleToStartMs = 1, AssignTo = "nobody" });
        _hive.Advance(TimeSpan.FromMilliseconds(1));
        var pending = _hive.Create(with: s => s with { AssignTo = "nobody" });

        Assert.False(_hive.Retry(failed).Duplicate);
        Assert.False(_hive.Retry(expired).Duplicate);
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(new RetryTask(completed) { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(new RetryTask(pending) { By = TestHive.User }).Code);
    }

    [Fact]
    public void What_the_old_task_belonged_to_and_depended_on_may_have_ended_or_be_forgotten()
    {
        var parent = _hive.Create("parent");
        var old = _hive.Create(with: s => s with { Parent = parent, DependsOn = [parent] });
        _hive.Cancel(parent);
        Assert.Equal(TaskState.Cancelled, _hive.StateOf(old));

        var retry = _hive.Retry(old);

        Assert.Equal((parent, TaskState.Pending), (_hive.Task(retry.Id).Spec.Parent, retry.State));
        Assert.Null(_hive.Task(retry.Id).Spec.DependsOn);
    }
}
