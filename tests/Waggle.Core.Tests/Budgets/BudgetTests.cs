using Waggle.Core.Budgets;
using Waggle.Core.Notifications;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Budgets;

public sealed class BudgetTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void At_80_percent_there_is_a_notification_and_work_goes_on()
    {
        Set(new() { Swarm = "default", CostUsd = 1 });
        var worker = _hive.Worker("a1");
        _hive.Create();
        Use(worker, 0.7999m);
        Assert.Equal(BudgetState.Open, Show().State);
        Use(worker, 0.8m);

        Assert.Equal((BudgetState.Warned, 0.8, 0.8m), (Show().State, Show().UsedShare, Show().Used.CostUsd));
        Assert.Equal(NotificationLevel.Warning, _hive.All.OfType<NotificationSent>().Single().Level);
        Assert.Empty(worker.Link.Cancels);
        worker.Complete();
        Assert.True(worker.Has(_hive.Create()));
    }

    [Fact]
    public void At_100_percent_running_work_is_asked_to_stop_and_nothing_new_starts()
    {
        Set(new() { Swarm = "default", Tokens = 1000 });
        var (one, two) = (_hive.Worker("a1"), _hive.Worker("a2"));
        var (first, second, third) = (_hive.Create(), _hive.Create(), _hive.Create());
        two.Start();
        one.Use(new() { InputTokens = 900, OutputTokens = 100 });
        _hive.Advance(TimeSpan.Zero);

        Assert.Equal(BudgetState.Spent, Show().State);
        var (lease, reason, _) = Assert.Single(two.Link.Cancels);
        Assert.Equal(two.Lease, lease);
        Assert.Equal("Budget 'b' of swarm 'default' is spent: 1000 of 1000 tokens.", reason);
        Assert.Equal(reason, _hive.Show(second).StopReason);
        Assert.Equal([one.Lease], one.Renew(one.Lease).Cancel);
        Assert.Equal(TaskState.Completed, one.Complete().State);
        Assert.Equal(TaskState.Pending, two.ConfirmCancelled().State);

        Assert.Equal(("budget:b (1000 of 1000 tokens)", AttemptOutcomes.Stopped), (_hive.Show(second).WaitingFor, _hive.Attempts(second).Single().Outcome));
        Assert.Equal("budget:b (1000 of 1000 tokens)", _hive.Show(third).WaitingFor);
        Assert.Equal((TaskState.Pending, 0, 0), (_hive.StateOf(third), _hive.Task(second).Failures, _hive.Task(second).Losses));
        Assert.Equal(TaskState.Completed, _hive.StateOf(first));
    }

    [Fact]
    public void A_raised_budget_lets_the_stopped_and_the_waiting_work_go_on()
    {
        Set(new() { Swarm = "default", Tokens = 10 });
        var worker = _hive.Worker("a1");
        var (stopped, waiting) = (_hive.Create(), _hive.Create());
        worker.Use(new() { InputTokens = 10 });
        _hive.Advance(TimeSpan.Zero);
        worker.ConfirmCancelled();
        Assert.False(worker.Has(stopped));

        Assert.Equal(BudgetState.Open, Set(new() { Swarm = "default", Tokens = 100 }).State);

        Assert.True(worker.Has(stopped));
        worker.Complete();
        Assert.True(worker.Has(waiting));
        Assert.Null(_hive.Show(waiting).WaitingFor);
    }

    [Fact]
    public void A_worker_that_does_not_stop_loses_the_task_at_the_end_of_its_grace()
    {
        Set(new() { Tokens = 10 });
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { InputTokens = 10 });
        for (var i = 0; i < 4; i++)
        {
            _hive.Advance(TimeSpan.FromSeconds(9));
            worker.Renew(worker.Lease);
        }

        Assert.Equal((TaskState.Pending, AttemptOutcomes.Stopped), (_hive.StateOf(task), _hive.Attempts(task).Single().Outcome));
        Assert.Equal([(worker.Lease, "stopped")], worker.Link.Stops);
        Assert.Equal(ErrorCodes.StaleLease, worker.Refused(l => new StartTask(l) { By = worker.Principal }).Code);
    }

    [Fact]
    public void A_removed_budget_holds_nothing()
    {
        Set(new() { Tokens = 10 });
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Use(new() { InputTokens = 10 });
        worker.Complete();
        var waiting = _hive.Create();
        Assert.False(worker.Has(waiting));

        Assert.Equal(BudgetState.Spent, _hive.Ok(new RemoveBudget("b") { By = TestHive.User }).State);

        Assert.True(worker.Has(waiting));
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new ShowBudget("b") { By = TestHive.User }).Code);
    }

    [Fact]
    public void A_budget_of_a_day_is_free_again_at_midnight_in_UTC()
    {
        Set(new() { Swarm = "default", Period = BudgetPeriod.Day, CostUsd = 2 });
        var worker = _hive.Worker("a1");
        _hive.Create();
        Use(worker, 2);
        worker.Complete();
        var waiting = _hive.Create(with: s => s with { LeaseMs = 86_400_000 });
        _hive.Now = new DateTimeOffset(_hive.Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1).AddTicks(-1);
        worker.Hello();
        Assert.False(worker.Has(waiting));

        _hive.Advance(TimeSpan.FromSeconds(1));
        worker.Hello();

        Assert.Equal((BudgetState.Open, null), (Show().State, Show().Used.CostUsd));
        Assert.True(worker.Has(waiting));
    }

    [Fact]
    public void A_budget_of_a_swarm_does_not_touch_another_one_and_one_of_the_hive_touches_all()
    {
        _hive.Ok(new Core.Swarms.CreateSwarm("Second", "s2") { By = TestHive.User });
        Set(new() { Swarm = "default", Tokens = 10 });
        var (here, there) = (_hive.Worker("a1", swarm: "default"), _hive.Worker("a2", swarm: "s2"));
        _hive.Create();
        here.Use(new() { OutputTokens = 10 });
        _hive.Advance(TimeSpan.Zero);
        var other = _hive.Create(with: s => s with { Swarm = "s2" });
        Assert.True(there.Has(other));
        there.Use(new() { OutputTokens = 5 });
        Set(new() { Tokens = 15 }, "all");
        _hive.Advance(TimeSpan.Zero);

        Assert.Single(there.Link.Cancels);
        Assert.Equal(BudgetState.Spent, Show("all").State);
    }

    [Fact]
    public void A_budget_of_a_task_holds_that_task_alone_and_ends_with_it()
    {
        var worker = _hive.Worker("a1", slots: 2);
        var (task, other) = (_hive.Create(), _hive.Create());
        worker.Use(new() { InputTokens = 50 }, worker.LeaseOn(task));
        Set(new() { Task = task, Tokens = 60 });
        worker.Use(new() { InputTokens = 70 }, worker.LeaseOn(task));
        _hive.Advance(TimeSpan.Zero);
        worker.ConfirmCancelled(worker.LeaseOn(task));

        Assert.Equal((TaskState.Pending, "budget:b (70 of 60 tokens)"), (_hive.StateOf(task), _hive.Show(task).WaitingFor));
        Assert.True(worker.Has(other) && worker.Has(_hive.Create()));
        _hive.Restart();
        worker.Hello(3, holding: worker.LeaseOn(other));
        Assert.False(worker.Has(task));
        Set(new() { Task = task, Tokens = 1000 });
        Assert.True(worker.Has(task));
        worker.Complete(worker.LeaseOn(task));
        Assert.Empty(_hive.Ok(new ListBudgets { By = TestHive.User }).Budgets);
    }

    [Fact]
    public void A_spent_budget_holds_after_a_restart_and_asks_those_again_that_still_run()
    {
        Set(new() { Swarm = "default", Tokens = 10 });
        var worker = _hive.Worker("a1", slots: 2);
        var (running, waiting) = (_hive.Create(), "");
        worker.Use(new() { InputTokens = 10 });
        waiting = _hive.Create();
        _hive.Restart();
        worker.Hello(2, holding: worker.Lease);
        _hive.Advance(TimeSpan.Zero);

        Assert.Equal((BudgetState.Spent, 10L), (Show().State, Show().Used.InputTokens));
        Assert.False(worker.Has(waiting));
        Assert.True(worker.Has(running));
        Assert.NotNull(_hive.Show(running).StopReason);
    }

    [Fact]
    public void A_spent_budget_asks_each_of_many_workers_once()
    {
        Set(new() { Tokens = 10 });
        var workers = Enumerable.Range(1, 12).Select(n => _hive.Worker($"a{n}", slots: 100)).ToArray();
        _hive.CreateAll([.. Enumerable.Range(1, 1000).Select(n => new TaskSpec { Title = $"t{n}" })]);
        workers[0].Use(new() { InputTokens = 10 });
        _hive.Advance(TimeSpan.Zero);

        Assert.Equal(1000, workers.Sum(w => w.Link.Cancels.Count));
        Assert.Equal(1000, _hive.All.OfType<TaskStopRequested>().Select(r => r.Task).Distinct().Count());
    }

    [Theory]
    [InlineData("A budget names one of swarm, task and run.", "default", "t1-1", 5L, 1.0)]
    [InlineData("tokens is 1 to 1000000000000000; it was 0. To let nothing start, pause the swarm.", null, null, 0L, null)]
    [InlineData("tokens is 1 to 1000000000000000; it was -4. To let nothing start, pause the swarm.", null, null, -4L, null)]
    [InlineData("cost_usd is more than 0 and at most 1000000000; it was 0. To let nothing start, pause the swarm.", null, null, null, 0.0)]
    [InlineData("A budget has a limit: tokens, cost_usd or both.", "default", null, null, null)]
    public void A_budget_without_sense_is_refused(string message, string? swarm, string? task, long? tokens, double? cost)
    {
        var spec = new BudgetSpec { Swarm = swarm, Task = task, Tokens = tokens, CostUsd = (decimal?)cost };
        var error = _hive.Refused(new SetBudget("b", spec) { By = TestHive.User });

        Assert.Equal((ErrorCodes.InvalidRequest, message), (error.Code, error.Message));
    }

    [Fact]
    public void A_budget_of_something_that_does_not_exist_or_has_ended_is_refused()
    {
        var task = _hive.Create();
        _hive.Cancel(task);

        foreach (var spec in new BudgetSpec[] { new() { Swarm = "s9", Tokens = 1 }, new() { Task = task, Tokens = 1 } })
            Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new SetBudget("b", spec) { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new SetBudget("b", new() { Run = "r9", Tokens = 1 }) { By = TestHive.User }).Code);
        var daily = new BudgetSpec { Task = _hive.Create(), Tokens = 1, Period = BudgetPeriod.Day };
        Assert.Equal("A budget of a task or a run has the period total.", _hive.Refused(new SetBudget("b", daily) { By = TestHive.User }).Message);
    }

    [Fact]
    public void A_principal_of_a_swarm_sees_and_sets_the_budgets_of_its_swarm_alone()
    {
        Set(new() { Tokens = 10 }, "all");
        Set(new() { Swarm = "default", Tokens = 10 });
        var limited = TestHive.User with { Swarms = new HashSet<string> { "default" } };

        Assert.Equal(["b"], _hive.Ok(new ListBudgets { By = limited }).Budgets.Select(b => b.Id));
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new RemoveBudget("all") { By = limited }).Code);
        Assert.Equal(ErrorCodes.AlreadyExists, _hive.Refused(new SetBudget("all", new() { Swarm = "default", Tokens = 1 }) { By = limited }).Code);
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new SetBudget("mine", new() { Tokens = 1 }) { By = limited }).Code);
    }

    private BudgetView Set(BudgetSpec spec, string id = "b") => _hive.Ok(new SetBudget(id, spec) { By = TestHive.User });

    private BudgetView Show(string id = "b") => _hive.Ok(new ShowBudget(id) { By = TestHive.User });

    private static void Use(TestWorker worker, decimal dollars) => worker.Use(new() { Model = "m", CostUsd = dollars });
}
