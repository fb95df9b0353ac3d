using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

/// <summary>An assignment that did not arrive is no fault of its task.</summary>
public class NotStartedTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly TestHive _hive = new();

    [Fact]
    public void A_lease_that_lapses_before_the_start_counts_as_no_loss()
    {
        var task = _hive.Create();
        for (var i = 1; i <= 5; i++)
        {
            var worker = _hive.Worker($"a{i}");
            Assert.True(worker.Has(task));
            _hive.Advance(Lease);
            Assert.Contains((worker.LeaseOn(task), "lease_lost"), worker.Link.Stops);
            _hive.Remove($"a{i}");
        }

        Assert.Equal((TaskState.Pending, 0, 5), (_hive.StateOf(task), _hive.Task(task).Losses, _hive.Task(task).Attempt));
        Assert.Equal("not_started", _hive.Replies<TaskRequeued>().Reason);
        Assert.All(_hive.Attempts(task), a => Assert.Equal(("not_started", "NOT_STARTED"), (a.Outcome, a.Error!.Code)));
    }

    [Fact]
    public void A_lease_that_its_worker_renewed_and_then_let_lapse_is_a_loss()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Renew(worker.Lease);

        _hive.Advance(Lease);

        Assert.Equal(("lost", 1), (_hive.Replies<TaskRequeued>().Reason, _hive.Task(task).Losses));
    }

    [Fact]
    public void The_result_of_a_lease_that_lapsed_before_the_start_is_taken_while_the_task_waits()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Advance(Lease);

        Assert.Equal(TaskState.Completed, worker.Complete(worker.LeaseOn(task)).State);
    }

    [Fact]
    public void An_agent_that_says_nothing_for_a_whole_lease_gets_no_work_until_it_says_something()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { LeaseMs = 1_000 });

        _hive.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal((TaskState.Pending, 1), (_hive.StateOf(task), _hive.Task(task).Attempt));
        Assert.Equal(("unresponsive", "a1"), (_hive.Show(task).UnschedulableReason!.Code, _hive.Show(task).UnschedulableReason!.Nearest));
        Assert.Equal("unresponsive", _hive.Replies<TasksUnschedulable>().Reason.Code);

        worker.Renew();

        Assert.True(worker.Has(task));
    }

    [Fact]
    public void A_stopped_process_that_is_the_only_one_that_fits_costs_its_running_task_one_loss_and_no_more()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();

        _hive.Advance(Lease * 10);
        Assert.Equal((TaskState.Pending, 1, 1), (_hive.StateOf(task), _hive.Task(task).Losses, _hive.Task(task).Attempt));

        worker.Renew(worker.Lease);
        Assert.True(worker.Has(task));
    }

    [Fact]
    public void A_poller_that_asks_again_is_given_what_it_has_not_spoken_of()
    {
        var worker = new TestWorker(_hive, "a1");
        var first = Poll(worker);
        var task = _hive.Create();
        Assert.Single(first.Assigned);
        _hive.Advance(Lease - TimeSpan.FromSeconds(1));

        // The answer to the first got lost, and that of the second too.
        Assert.Equal(first.Assigned, Poll(worker).Assigned);
        _hive.Create("another");
        _hive.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.Equal(first.Assigned, Poll(worker).Assigned);

        Assert.Equal((TaskState.Assigned, 1), (_hive.StateOf(task), _hive.Task(task).Attempt));
    }

    [Fact]
    public void A_poller_is_not_given_again_what_it_started_renewed_or_names()
    {
        var worker = new TestWorker(_hive, "a1");
        var (started, renewed, named) = (_hive.Create("started"), _hive.Create("renewed"), _hive.Create("named"));
        var first = Poll(worker, 3).Assigned;
        worker.Start(first.Single(l => l.Task == started));
        worker.Renew(first.Single(l => l.Task == renewed));
        var other = _hive.Create("other");

        var second = Poll(worker, 1, first.Single(l => l.Task == named)).Assigned;

        Assert.Equal(other, second.Single().Task);
    }

    private FakeLink Poll(TestWorker worker, int n = 1, params LeaseRef[] holding)
    {
        var command = worker.HelloCommand(n, null, null, holding) with { Poll = true };
        _hive.Ok<WelcomeAgent>(command);
        return (FakeLink)command.Link;
    }
}
