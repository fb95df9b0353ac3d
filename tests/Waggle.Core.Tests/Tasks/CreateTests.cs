using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class CreateTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void The_reply_names_the_tasks_in_order_with_how_many_agents_could_have_each()
    {
        _hive.Worker("a1", can: new() { ["code"] = 0.8 });
        _hive.Worker("a2", slots: 0);

        var created = _hive.CreateAll(new TaskSpec { Title = "one" }, new TaskSpec { Title = "two", Requires = new Dictionary<string, double> { ["code"] = 0.5 } });

        Assert.Equal([2, 1], created.Select(c => c.MatchingAgents));
        Assert.Equal(["one", "two"], created.Select(c => _hive.Task(c.Id).Spec.Title));
    }

    [Fact]
    public void A_repeat_has_the_number_of_agents_of_the_first_answer()
    {
        _hive.Worker("a1", slots: 0);
        var spec = new TaskSpec { Title = "once", IdempotencyKey = "k" };
        var first = _hive.CreateAll(spec, spec);
        Assert.Equal([(1, false), (1, true)], first.Select(t => (t.MatchingAgents, t.Duplicate)));
        _hive.Worker("a2", slots: 0);
        _hive.Restart();
        Assert.Equal((1, true), _hive.CreateAll(spec).Select(t => (t.MatchingAgents, t.Duplicate)).Single());
    }

    [Fact]
    public void All_are_created_or_none()
    {
        var before = _hive.Published.Count;

        var error = _hive.Refused(new CreateTasks([new() { Title = "good" }, new() { Title = "" }]) { By = TestHive.User });

        Assert.StartsWith("tasks[1]: title", error.Message);
        Assert.Equal(before, _hive.Published.Count);
    }

    [Fact]
    public void The_same_idempotency_key_gives_the_same_task_while_it_is_open_and_when_it_has_ended_and_after_a_restart()
    {
        var spec = new TaskSpec { Title = "once", IdempotencyKey = "order-17" };
        var first = _hive.CreateAll(spec).Single();
        Assert.False(first.Duplicate);

        var hot = _hive.CreateAll(spec).Single();
        Assert.Equal((first.Id, true, TaskState.Pending), (hot.Id, hot.Duplicate, hot.State));
        _hive.Cancel(first.Id);
        var cold = _hive.CreateAll(spec).Single();
        Assert.Equal((first.Id, true, TaskState.Cancelled), (cold.Id, cold.Duplicate, cold.State));
        _hive.Restart();
        Assert.Equal(first.Id, _hive.CreateAll(spec).Single().Id);
    }

    [Fact]
    public void An_idempotency_key_holds_within_one_request_and_one_batch_too()
    {
        var blocker = _hive.Create();
        var spec = new TaskSpec { Title = "once", IdempotencyKey = "k", DependsOn = [blocker] };

        var decisions = _hive.Turn(new CreateTasks([spec, spec]) { By = TestHive.User }, new CreateTasks([spec]) { By = TestHive.User })!;

        var created = decisions.SelectMany(d => ((Waggle.Protocol.Messages.TasksCreated)d.Result!).Tasks).ToArray();
        Assert.Single(created.Select(c => c.Id).Distinct());
        Assert.Equal([false, true, true], created.Select(c => c.Duplicate));
        Assert.All(created, c => Assert.Equal(TaskState.Blocked, c.State));
    }

    [Fact]
    public void The_answer_says_at_once_why_no_agent_can_have_it()
    {
        Assert.Equal("no_agents", _hive.CreateAll(new TaskSpec { Title = "a" }).Single().UnschedulableReason!.Code);
        _hive.Worker("a1");
        var named = _hive.CreateAll(new TaskSpec { Title = "b", AssignTo = "nobody" }).Single();
        Assert.Equal((0, "named_agent_absent"), (named.MatchingAgents, named.UnschedulableReason!.Code));
        Assert.Null(_hive.CreateAll(new TaskSpec { Title = "c" }).Single().UnschedulableReason);
    }

    [Fact]
    public void Keys_are_apart_by_swarm()
    {
        _hive.Do(new Core.Swarms.CreateSwarm("Second", "s2") { By = TestHive.User });

        var created = _hive.CreateAll(new TaskSpec { Title = "a", IdempotencyKey = "k" }, new TaskSpec { Title = "b", IdempotencyKey = "k", Swarm = "s2" });

        Assert.NotEqual(created[0].Id, created[1].Id);
    }

    [Fact]
    public void A_payload_as_deep_as_a_message_can_carry_comes_back_from_the_store_and_the_log()
    {
        var deep = new string('[', 62) + new string(']', 62);
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { Input = RawJson.Parse(deep) });
        worker.Complete(result: deep);

        Durability.Check(_hive);
        Assert.Equal(deep, _hive.Task(task).Result.ToString());
    }

    [Fact]
    public void Nothing_is_created_while_the_store_has_no_room_and_work_goes_on()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        _hive.Engine.Full = true;

        Assert.Equal(ErrorCodes.StoreFull, _hive.RefusedTask(s => s).Code);
        Assert.Equal(TaskState.Completed, worker.Complete().State);
    }
}
