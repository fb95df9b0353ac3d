using Waggle.Core.Agents;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks.Matching;

public class UnschedulableTests
{
    private readonly TestHive _hive = new();

    private string Waiting(Dictionary<string, double>? requires = null, string? assignTo = null) =>
        _hive.Create(with: s => s with { Requires = requires, AssignTo = assignTo });

    private UnschedulableReason? Reason(Dictionary<string, double>? requires = null, string? assignTo = null) =>
        _hive.Show(Waiting(requires, assignTo)).UnschedulableReason;

    [Fact]
    public void No_agents() => Assert.Equal("no_agents", Reason()!.Code);

    [Fact]
    public void Named_agent_absent()
    {
        _hive.Worker("a1");
        Assert.Equal("named_agent_absent", Reason(assignTo: "a2")!.Code);
    }

    [Fact]
    public void Offline_names_who_could()
    {
        _hive.Worker("a1").Vanish();
        var reason = Reason()!;
        Assert.Equal(("offline", "a1"), (reason.Code, reason.Nearest));
    }

    [Fact]
    public void A_poller_between_two_polls_is_offline_only_when_it_asks_no_more()
    {
        var poll = new TestWorker(_hive, "a1").HelloCommand() with { Poll = true };
        _hive.Ok<WelcomeAgent>(poll);
        _hive.Do(new DetachAgent("a1", poll.Link) { By = TestHive.User });

        var task = Waiting();
        var reason = _hive.Show(task).UnschedulableReason!;
        Assert.Equal(("between_polls", "a1"), (reason.Code, reason.Nearest));
        Assert.Equal("between_polls", _hive.Replies<TasksUnschedulable>().Reason.Code);

        _hive.Advance(_hive.Options.AgentOfflineAfter);
        Assert.Equal("offline", _hive.Show(task).UnschedulableReason!.Code);
    }

    [Fact]
    public void Draining_names_who_could()
    {
        _hive.Worker("a1");
        _hive.Drain("a1");
        var reason = Reason()!;
        Assert.Equal(("draining", "a1"), (reason.Code, reason.Nearest));
    }

    [Fact]
    public void Too_weak_names_the_capability_the_nearest_and_by_how_much()
    {
        _hive.Worker("a1", can: new() { ["code"] = 0.5, ["review"] = 0.9 });
        _hive.Worker("a2", can: new() { ["code"] = 0.7, ["review"] = 0.9 });

        var reason = Reason(new() { ["code"] = 0.9, ["review"] = 0.1 })!;

        Assert.Equal(("too_weak", "code", "a2", 0.2), (reason.Code, reason.Capability, reason.Nearest, reason.ShortBy));
    }

    [Fact]
    public void Missing_capability_is_short_by_all_that_is_asked()
    {
        _hive.Worker("a1", can: new() { ["code"] = 1 });

        var reason = Reason(new() { ["code"] = 0.5, ["welding"] = 0.6 })!;

        Assert.Equal(("missing_capability", "welding", "a1", 0.6), (reason.Code, reason.Capability, reason.Nearest, reason.ShortBy));
    }

    [Fact]
    public void Whoever_is_only_too_weak_is_nearer_than_who_lacks_it()
    {
        _hive.Worker("a1", can: new() { ["review"] = 1 });
        _hive.Worker("a2", can: new() { ["code"] = 0.1 });

        Assert.Equal("a2", Reason(new() { ["code"] = 0.9 })!.Nearest);
    }

    [Fact]
    public void Who_is_only_busy_is_no_reason()
    {
        _hive.Worker("a1", slots: 0);
        Assert.Null(Reason());
    }

    [Fact]
    public void It_is_said_once_an_episode()
    {
        var (first, _) = (Waiting(), Waiting());
        _hive.Prioritise(first, 1);
        Assert.Single(_hive.All.OfType<TasksUnschedulable>());
        Assert.Equal((1, "no_agents"), (_hive.Replies<TasksUnschedulable>().Waiting, _hive.Replies<TasksUnschedulable>().Reason.Code));

        var worker = _hive.Worker("a1");
        worker.Vanish();
        worker.Release(worker.LeaseOn(first));

        Assert.Equal(["no_agents", "offline"], _hive.All.OfType<TasksUnschedulable>().Select(u => u.Reason.Code));
    }

    [Fact]
    public void A_change_of_priority_of_the_only_one_begins_no_new_episode()
    {
        var only = Waiting();

        _hive.Prioritise(only, 1);

        Assert.Single(_hive.All.OfType<TasksUnschedulable>());
    }

    [Fact]
    public void Each_sort_of_task_has_its_own_episode()
    {
        Waiting();
        Waiting(new() { ["code"] = 0.5 });
        Waiting(new() { ["code"] = 0.6 });
        Waiting(assignTo: "a1");

        Assert.Equal(4, _hive.All.OfType<TasksUnschedulable>().Count());
    }
}
