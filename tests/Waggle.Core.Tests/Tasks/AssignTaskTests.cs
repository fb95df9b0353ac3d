using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public sealed class AssignTaskTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_waiting_task_goes_to_the_named_agent_in_the_same_turn()
    {
        var task = _hive.Create("task", s => s with { AssignTo = "absent" });
        var ada = _hive.Worker("ada");
        _hive.Worker("bob");

        var ack = _hive.Ok<TaskAck>(Assign(task, "ada"));

        Assert.False(ack.Duplicate);
        Assert.True(ada.Has(task));
        var changed = _hive.Replies<TaskAssigneeChanged>();
        Assert.Equal(("absent", "ada", "user"), (changed.OldAssignee, changed.Assignee, changed.ChangedBy));
        Assert.Equal("ada", _hive.Show(task).Assignee);
    }

    [Fact]
    public void A_busy_agent_receives_it_with_its_next_free_slot_and_nobody_else_does()
    {
        var ada = _hive.Worker("ada");
        var busy = _hive.Create("busy");
        var task = _hive.Create("task");
        _hive.Ok<TaskAck>(Assign(task, "ada"));

        var bob = _hive.Worker("bob");
        Assert.False(bob.Has(task));
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));

        ada.Complete(ada.LeaseOn(busy));
        Assert.True(ada.Has(task));
    }

    [Fact]
    public void The_named_agent_survives_a_restart_a_loss_and_a_second_choice()
    {
        var task = _hive.Create("task", s => s with { AssignTo = "absent" });
        _hive.Worker("ada", slots: 0);
        _hive.Worker("bob");
        _hive.Ok<TaskAck>(Assign(task, "ada"));
        Assert.True(_hive.Ok<TaskAck>(Assign(task, "ada")).Duplicate);

        _hive.Restart();
        Assert.Equal("ada", _hive.Show(task).Assignee);

        var bob = _hive.Worker("bob");
        Assert.False(bob.Has(task));
        _hive.Ok<TaskAck>(Assign(task, "bob"));
        Assert.True(bob.Has(task));
    }

    [Fact]
    public void A_blocked_task_keeps_its_agent_until_it_may_run()
    {
        var first = _hive.Create("first", s => s with { AssignTo = "bob" });
        var second = _hive.Create("second", s => s with { DependsOn = [first] });
        var ada = _hive.Worker("ada", slots: 2);
        _hive.Ok<TaskAck>(Assign(second, "ada"));

        var bob = _hive.Worker("bob", slots: 5);
        bob.Complete(bob.LeaseOn(first));

        Assert.True(ada.Has(second));
    }

    [Fact]
    public void The_priority_may_be_changed_with_it()
    {
        var task = _hive.Create("task", s => s with { AssignTo = "absent" });
        _hive.Worker("ada", slots: 0);

        _hive.Ok<TaskAck>(Assign(task, "ada", 1));

        Assert.Equal(1, _hive.Show(task).Priority);
        Assert.Equal(1, _hive.Replies<TaskAssigneeChanged>().Priority);
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(Assign(task, "ada", 9)).Code);
    }

    [Fact]
    public void An_agent_that_can_never_have_it_is_refused_with_the_reason()
    {
        _hive.Ok<SwarmView>(new CreateSwarm("Second", "s2") { By = TestHive.User });
        _hive.Worker("ada", can: new() { ["code"] = 0.5 });
        _hive.Worker("away", swarm: "s2");
        var task = _hive.Create("task", s => s with { Requires = new Dictionary<string, double> { ["code"] = 0.8 } });

        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(Assign(task, "nobody")).Code);
        var weak = _hive.Refused(Assign(task, "ada"));
        Assert.Equal(ErrorCodes.AgentNotAble, weak.Code);
        Assert.Contains("'code' at 0.8", weak.Message);
        Assert.Contains("swarm 's2'", _hive.Refused(Assign(task, "away")).Message);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(Assign("t9-9", "ada")).Code);
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(Assign(task, "a.b")).Code);
    }

    [Fact]
    public void A_task_that_does_not_wait_is_refused()
    {
        var ada = _hive.Worker("ada");
        _hive.Worker("bob", slots: 0);
        var task = _hive.Create("task");

        var held = _hive.Refused(Assign(task, "bob"));
        Assert.Equal(ErrorCodes.InvalidState, held.Code);
        Assert.Contains("by agent 'ada'", held.Message);

        ada.Complete(ada.LeaseOn(task));
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(Assign(task, "bob")).Code);
    }

    [Fact]
    public void Records_of_a_task_carry_its_priority_and_the_type_of_the_agent()
    {
        var hello = new AgentHello { Secret = "sixteen letters or more", Slots = 1, Type = "coder" };
        var link = new FakeLink();
        _hive.Ok<WelcomeAgent>(new Waggle.Core.Tasks.Leases.AttachAgent(hello, "ada", link) { By = TestHive.User });
        var by = TestHive.User with { Subject = "ada", Agent = "ada" };
        _hive.Create("task", s => s with { Priority = 2 });
        var lease = link.Assigned[^1];
        _hive.Ok<TaskAck>(new ReportProgress(lease, 0.5, null) { By = by });
        _hive.Ok<TaskAck>(new CompleteTask(lease, Protocol.Json.RawJson.Parse("1"), null) { By = by });

        Assert.All(_hive.All.OfType<TaskRecord>(), r => Assert.Equal(2, r.Priority));
        Assert.Equal("coder", _hive.Replies<TaskAssigned>().AgentType);
        Assert.Equal("coder", _hive.Replies<TaskStarted>().AgentType);
        Assert.Equal("coder", _hive.Replies<TaskProgressed>().AgentType);
        Assert.Equal("coder", _hive.Replies<TaskCompleted>().Ended.Standing!.Type);
        Assert.Equal("coder", _hive.Replies<Waggle.Core.Agents.AgentStatusChanged>().Type);
    }

    private static AssignTask Assign(string task, string agent, int? priority = null) => new(task, agent, priority) { By = TestHive.User };
}
