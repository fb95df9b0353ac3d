using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class RefuseAndReleaseTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_refused_task_goes_to_another_at_once()
    {
        var first = _hive.Worker("a1");
        var task = _hive.Create();
        var second = _hive.Worker("a2");

        Assert.Equal(TaskState.Pending, first.Refuse(reason: "not my thing").State);

        Assert.True(second.Has(task));
        var entity = _hive.Task(task);
        Assert.Equal((1, 0, 0), (entity.Refusals, entity.Failures, entity.Losses));
        Assert.Equal("not my thing", _hive.Attempts(task)[0].Error!.Message);
    }

    [Fact]
    public void With_nobody_else_to_ask_a_refused_task_waits_before_it_is_offered_again()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();

        Assert.Equal(TaskState.RetryWait, worker.Refuse().State);
        _hive.Advance(TimeSpan.FromSeconds(2));

        Assert.True(worker.Has(task));
        Assert.True(_hive.Replies<TaskAssigned>().AssignmentReason.Avoided);
    }

    [Fact]
    public void A_task_that_was_started_can_be_refused_as_well()
    {
        var first = _hive.Worker("a1");
        var task = _hive.Create();
        first.Start();
        var second = _hive.Worker("a2");

        Assert.Equal(TaskState.Pending, first.Refuse(reason: "its program is missing").State);

        Assert.True(second.Has(task));
        var entity = _hive.Task(task);
        Assert.Equal((1, 0, 0), (entity.Refusals, entity.Failures, entity.Losses));
    }

    [Fact]
    public void A_released_task_goes_back_to_the_queue_and_nothing_is_counted()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();

        Assert.Equal(TaskState.Pending, worker.Release().State);

        var entity = _hive.Task(task);
        Assert.Equal((0, 0, 0), (entity.Failures, entity.Losses, entity.Refusals));
        Assert.Null(entity.Avoid);
        Assert.Equal("released", _hive.Attempts(task)[0].Outcome);
        Assert.True(worker.Has(task));
    }

    [Fact]
    public void The_same_end_said_twice_gets_its_answer_again()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        _hive.Worker("a2");
        var refused = worker.Lease;
        worker.Refuse();
        Assert.True(worker.Refuse(refused).Duplicate);

        var other = _hive.Create();
        var released = worker.LeaseOn(other);
        worker.Release(released);
        Assert.True(worker.Release(released).Duplicate);

        var failed = worker.Lease;
        worker.Fail(failed);
        Assert.True(worker.Fail(failed).Duplicate);
        Assert.Equal(ErrorCodes.StaleLease, worker.Refused(l => new ReleaseTask(l) { By = worker.Principal }, failed).Code);
    }

    [Fact]
    public void The_same_completion_again_gets_the_first_answer_also_when_the_task_left_memory_and_the_hub_restarted()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        var lease = worker.Lease;
        worker.Complete();
        Assert.Null(_hive.State.Task(task));

        var again = worker.Complete(lease, "\"something else\"");
        Assert.Equal((true, TaskState.Completed), (again.Duplicate, again.State));
        _hive.Restart();
        Assert.True(worker.Complete(lease).Duplicate);

        Assert.Equal("42", _hive.Task(task).Result.ToString());
        Assert.Single(_hive.All.OfType<TaskCompleted>());
    }

    [Fact]
    public void Both_of_two_completions_in_one_batch_are_answered_and_one_is_recorded()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();

        var answers = _hive.Turn(worker.CompleteCommand(worker.Lease), worker.CompleteCommand(worker.Lease))!;

        Assert.Equal([false, true], answers.Select(a => ((Waggle.Protocol.Messages.TaskAck)a.Result!).Duplicate));
        Assert.Single(_hive.All.OfType<TaskCompleted>());
    }
}
