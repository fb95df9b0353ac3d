using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Tasks.Matching;

public class PriorityTests
{
    private readonly TestHive _hive = new();

    private string Waiting(int priority, string? assignTo = null) => _hive.Create($"p{priority}", s => s with { Priority = priority, AssignTo = assignTo });

    private string[] Order(int slots = 100)
    {
        var before = _hive.All.Count();
        _hive.Worker("a1", slots);
        return [.. _hive.All.Skip(before).OfType<TaskAssigned>().Select(a => a.Title)];
    }

    [Fact]
    public void The_first_class_goes_first_and_within_a_class_the_oldest()
    {
        var (late, first, second, top) = (Waiting(5), Waiting(3), Waiting(3), Waiting(1));

        _hive.Worker("a1", slots: 100);

        Assert.Equal([top, first, second, late], _hive.All.OfType<TaskAssigned>().Select(a => a.Task));
    }

    [Fact]
    public void A_class_is_worth_a_minute_of_waiting_so_nothing_starves()
    {
        Waiting(3);
        _hive.Advance(TimeSpan.FromSeconds(119));
        Waiting(1);
        Assert.Equal(["p1", "p3"], Order());
    }

    [Fact]
    public void After_that_minute_the_older_one_goes_first()
    {
        Waiting(3);
        _hive.Advance(TimeSpan.FromSeconds(121));
        Waiting(1);
        Assert.Equal(["p3", "p1"], Order());
    }

    [Fact]
    public void The_order_is_over_all_sorts_of_tasks()
    {
        Waiting(3);
        Waiting(1, assignTo: "a1");
        Waiting(2);
        Assert.Equal(["p1", "p2", "p3"], Order());
    }

    [Fact]
    public void A_change_of_priority_counts_from_when_the_task_was_queued()
    {
        var moved = Waiting(5);
        Waiting(2);

        Assert.False(_hive.Prioritise(moved, 1).Duplicate);
        Assert.True(_hive.Prioritise(moved, 1).Duplicate);

        Assert.Equal((5, 1, "user"), (_hive.Replies<TaskPriorityChanged>().OldPriority, _hive.Replies<TaskPriorityChanged>().Priority, _hive.Replies<TaskPriorityChanged>().ChangedBy));
        Assert.Equal(["p5", "p2"], Order());
    }

    [Fact]
    public void A_changed_priority_survives_a_restart()
    {
        var moved = Waiting(5);
        Waiting(2);
        _hive.Prioritise(moved, 1);

        _hive.Restart();

        Assert.Equal(["p5", "p2"], Order());
    }

    [Fact]
    public void An_ended_task_has_no_priority_to_change()
    {
        var task = Waiting(3);
        _hive.Cancel(task);

        Assert.Equal(Protocol.ErrorCodes.InvalidState, _hive.Refused(new SetPriority(task, 1) { By = TestHive.User }).Code);
    }
}
