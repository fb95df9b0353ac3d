using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks.Matching;

public class MatcherTests
{
    private readonly TestHive _hive = new();

    private static Dictionary<string, double> Code(double proficiency) => new() { ["code"] = proficiency };

    private string Needs(double proficiency) => _hive.Create(with: s => s with { Requires = Code(proficiency) });

    private string HolderOf(string task) => _hive.Task(task).Lease!.Agent;

    [Fact]
    public void Only_the_able_get_a_task()
    {
        _hive.Worker("weak", slots: 9, can: Code(0.4));
        _hive.Worker("strong", slots: 1, can: Code(0.8));
        _hive.Worker("other", slots: 9, can: new() { ["review"] = 1 });

        Assert.Equal("strong", HolderOf(Needs(0.8)));
        Assert.Equal(TaskState.Pending, _hive.StateOf(Needs(0.8)));
    }

    [Fact]
    public void The_more_able_goes_first_and_the_less_loaded_among_equals()
    {
        _hive.Worker("a1", slots: 4, can: Code(0.9));
        _hive.Worker("a2", slots: 4, can: Code(0.5));
        Assert.Equal("a1", HolderOf(Needs(0.1)));

        _hive.Worker("b1", slots: 4, can: Code(0.9));
        Assert.Equal("b1", HolderOf(Needs(0.1)));
    }

    [Fact]
    public void The_reason_of_an_assignment_has_its_parts()
    {
        _hive.Worker("a1", slots: 2, can: new() { ["code"] = 0.9, ["review"] = 0.7 });
        _hive.Worker("a2", slots: 1, can: new() { ["code"] = 0.6, ["review"] = 0.6 });
        _hive.Create(with: s => s with { Requires = new Dictionary<string, double> { ["code"] = 0.5, ["review"] = 0.5 } });

        var assigned = _hive.Replies<TaskAssigned>();
        Assert.Equal("a1", assigned.Agent);
        Assert.Equal(new AssignmentReason(0.82, 0.7, 1, 2), assigned.AssignmentReason);
        Assert.Equal(assigned.AssignmentReason, _hive.Task(assigned.Task).Lease!.Reason);
    }

    [Fact]
    public void Work_is_spread_evenly_among_equals()
    {
        foreach (var id in new[] { "a1", "a2", "a3", "a4" }) _hive.Worker(id, slots: 10);
        for (var i = 0; i < 20; i++) _hive.Create();

        Assert.All(_hive.All.OfType<TaskAssigned>().GroupBy(a => a.Agent), g => Assert.Equal(5, g.Count()));
    }

    [Fact]
    public void One_after_the_other_equals_take_turns()
    {
        var workers = new[] { "a1", "a2", "a3" }.Select(id => _hive.Worker(id)).ToArray();
        var order = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            var task = _hive.Create();
            order.Add(HolderOf(task));
            workers.Single(w => w.Has(task)).Complete();
        }

        Assert.Equal(order.Take(3), order.Skip(3));
        Assert.Equal(3, order.Distinct().Count());
    }

    [Fact]
    public void Credit_is_what_an_agent_gets_and_more_credit_brings_more()
    {
        var worker = _hive.Worker("a1", slots: 2);
        for (var i = 0; i < 5; i++) _hive.Create();
        Assert.Equal(2, worker.Link.Assigned.Count);

        worker.Credit(4);
        Assert.Equal(4, worker.Link.Assigned.Count);
        worker.Credit(1);
        worker.Complete();

        Assert.Equal(4, worker.Link.Assigned.Count);
    }

    [Fact]
    public void A_named_agent_gets_its_task_and_nobody_else()
    {
        _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { AssignTo = "a2" });
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));

        _hive.Worker("a2");

        Assert.Equal("a2", HolderOf(task));
    }

    [Fact]
    public void A_swarm_shares_its_work_with_nobody()
    {
        _hive.Do(new Core.Swarms.CreateSwarm("Second", "s2") { By = TestHive.User });
        _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { Swarm = "s2" });

        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
    }

    [Fact]
    public void Who_failed_a_task_is_avoided_while_another_qualifies_even_a_busy_one()
    {
        var first = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { BackoffBaseMs = 0 });
        var second = _hive.Worker("a2");
        var busy = _hive.Create();
        first.Fail();
        _hive.Advance(TimeSpan.Zero);
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));

        second.Complete(second.LeaseOn(busy));

        Assert.True(second.Has(task));
        Assert.False(_hive.Replies<TaskAssigned>().AssignmentReason.Avoided);
    }

    [Fact]
    public void Others_first_has_an_end_when_they_are_busy_and_the_reason_for_the_wait_is_shown()
    {
        var first = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Worker("a2");
        _hive.Create("an hour of work");
        first.Fail(after: TimeSpan.Zero);
        _hive.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(("others_first", "a1"), (_hive.Show(task).UnschedulableReason!.Code, _hive.Show(task).UnschedulableReason!.Nearest));

        _hive.Advance(TimeSpan.FromSeconds(5));

        Assert.True(first.Has(task));
        Assert.True(_hive.Replies<TaskAssigned>().AssignmentReason.Avoided);
    }

    [Fact]
    public void The_end_of_others_first_survives_a_restart_and_a_commit_that_fails()
    {
        var first = _hive.Worker("a1");
        var task = _hive.Create();
        var second = _hive.Worker("a2");
        _hive.Create("an hour of work");
        first.Fail(after: TimeSpan.Zero);
        _hive.Advance(TimeSpan.FromSeconds(1));
        _hive.Restart();
        _hive.Store.FailNextCommit(null);
        Assert.Null(_hive.Turn(first.HelloCommand()));

        second.Hello(1, null, null, second.Lease);
        first.Hello();
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
        _hive.Advance(TimeSpan.FromSeconds(4));

        Assert.True(first.Has(task));
    }

    [Fact]
    public void However_many_wait_for_somebody_else_new_work_is_looked_at()
    {
        var first = _hive.Worker("a1", slots: 1);
        for (var i = 0; i < 3; i++) _hive.CreateAll([.. Enumerable.Range(0, 500).Select(_ => new TaskSpec { Title = "fails" })]);
        first.Credit(1500);
        _hive.Worker("a2", slots: 1);
        _hive.Create("keeps a2 busy");
        _hive.Turn([.. first.Link.Assigned.Select(l => first.FailCommand(l, after: TimeSpan.Zero))]);
        _hive.Advance(TimeSpan.FromMilliseconds(1));

        var next = _hive.Create("new");

        Assert.True(first.Has(next));
    }

    [Fact]
    public void A_task_that_was_lost_keeps_its_place()
    {
        var first = _hive.Worker("a1");
        var lost = _hive.Create("lost");
        first.Start();
        _hive.Advance(TimeSpan.FromSeconds(10));
        _hive.CreateAll([.. Enumerable.Range(0, 20).Select(_ => new TaskSpec { Title = "backlog" })]);
        _hive.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("lost", _hive.Replies<TaskRequeued>().Reason);

        _hive.Restart();
        var second = _hive.Worker("a2");

        Assert.True(second.Has(lost));
    }

    [Fact]
    public void A_task_that_waits_for_somebody_else_does_not_hold_up_the_others_of_its_sort()
    {
        var first = _hive.Worker("a1");
        var failed = _hive.Create(with: s => s with { BackoffBaseMs = 0 });
        _hive.Worker("a2");
        _hive.Create("keeps a2 busy");
        first.Fail();
        _hive.Advance(TimeSpan.Zero);

        var next = _hive.Create();

        Assert.Equal(TaskState.Pending, _hive.StateOf(failed));
        Assert.True(first.Has(next));
    }

    [Fact]
    public void An_agent_that_is_connected_but_silent_gets_no_work_until_it_is_heard_of()
    {
        var worker = _hive.Worker("a1");
        _hive.Advance(TimeSpan.FromSeconds(30));
        var task = _hive.Create();
        Assert.Equal("offline", _hive.Show(task).UnschedulableReason!.Code);

        worker.Renew();

        Assert.True(worker.Has(task));
    }

    [Fact]
    public void Somebody_fresh_who_takes_no_work_does_not_keep_a_task_from_whom_it_avoids()
    {
        var worker = _hive.Worker("a1");
        _hive.Worker("a2", slots: 0);
        var task = _hive.Create();
        worker.Fail(after: TimeSpan.Zero);

        _hive.Advance(TimeSpan.FromSeconds(1));

        Assert.True(worker.Has(task));
    }
}
