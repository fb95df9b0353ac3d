using Waggle.Core.Budgets;
using Waggle.Core.Tests.Support;
using Waggle.Core.Tests.Workflows;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Budgets;

/// <summary>A budget of money and agents whose cost is unknown.</summary>
public sealed class UnknownCostTests
{
    private const string Why = "budget:b (the cost of model 'm' of agent 'a1' is unknown)";

    private readonly TestHive _hive = new();

    [Fact]
    public void An_attempt_of_unknown_cost_is_asked_to_stop_and_its_agent_gets_nothing_more()
    {
        Set(new() { Swarm = "default", CostUsd = 10 });
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { Model = "m", InputTokens = 5 });
        var reason = Assert.Single(worker.Link.Cancels).Reason;
        Assert.Equal("Budget 'b' of swarm 'default' limits money, and the cost of model 'm' is unknown: report cost_usd, give the hub a price, or let the budget allow unknown costs.", reason);
        worker.ConfirmCancelled();

        Assert.Equal((TaskState.Pending, Why), (_hive.StateOf(task), _hive.Show(task).WaitingFor));
        var other = _hive.Worker("a2");
        Assert.True(other.Has(task));
        Assert.False(worker.Has(_hive.Create()));
    }

    [Fact]
    public void A_budget_that_allows_unknown_costs_stops_nothing()
    {
        Set(new() { Swarm = "default", CostUsd = 10, UnknownCost = UnknownCostRule.Allow });
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { Model = "m", InputTokens = 5 });
        Assert.Empty(worker.Link.Cancels);
        Assert.True(worker.Has(task));

        Set(new() { Swarm = "default", CostUsd = 10 });
        worker.Complete();
        var waiting = _hive.Create();
        Assert.Equal(Why, _hive.Show(waiting).WaitingFor);
        Set(new() { Swarm = "default", CostUsd = 10, UnknownCost = UnknownCostRule.Allow });
        Assert.True(worker.Has(waiting));
    }

    [Fact]
    public void A_known_cost_or_the_end_of_the_budget_takes_the_agent_again()
    {
        Set(new() { CostUsd = 10 });
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Use(new() { Model = "m", InputTokens = 5 });
        worker.Use(new() { Model = "m", InputTokens = 5, CostUsd = 0.1m });
        worker.Complete();
        var next = _hive.Create();
        Assert.True(worker.Has(next));

        worker.Use(new() { Model = "n", InputTokens = 5 });
        worker.ConfirmCancelled();
        Assert.False(worker.Has(next));
        _hive.Ok(new RemoveBudget("b") { By = TestHive.User });
        Assert.True(worker.Has(next));
    }

    [Fact]
    public void An_agent_that_was_offline_may_try_again()
    {
        Set(new() { CostUsd = 10 });
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { Model = "m", OutputTokens = 5 });
        worker.ConfirmCancelled();
        Assert.False(worker.Has(task));
        worker.Vanish();
        _hive.Advance(TimeSpan.FromMinutes(2));
        worker.Hello();

        Assert.True(worker.Has(task));
    }

    [Fact]
    public void A_budget_of_tokens_or_usage_without_tokens_refuses_nobody()
    {
        Set(new() { Tokens = 1000 });
        Set(new() { CostUsd = 10 }, "money");
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { Model = "m", InputTokens = 0 });

        Assert.True(worker.Has(task));
        Assert.Empty(worker.Link.Cancels);
    }

    [Fact]
    public void A_budget_of_a_task_refuses_the_agent_for_this_task_alone()
    {
        var worker = _hive.Worker("a1", slots: 2);
        var (task, other) = (_hive.Create(), _hive.Create());
        Set(new() { Task = task, CostUsd = 10 });
        worker.Use(new() { Model = "m", InputTokens = 5 }, worker.LeaseOn(task));
        worker.ConfirmCancelled(worker.LeaseOn(task));

        Assert.Equal((TaskState.Pending, Why), (_hive.StateOf(task), _hive.Show(task).WaitingFor));
        Assert.True(worker.Has(other) && worker.Has(_hive.Create()));
        Assert.True(_hive.Worker("a2").Has(task));
    }

    [Fact]
    public void A_budget_of_a_run_refuses_the_agent_for_its_steps_also_the_next()
    {
        var flow = new FlowHive();
        flow.Define("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}},{"id":"b","task":{"title":"B"}},{"id":"c","depends_on":["b"],"task":{"title":"C"}}]}""");
        var run = flow.Hive.Ok(new StartRun(new() { Workflow = "w", Budget = new() { CostUsd = 5 } }) { By = TestHive.User });
        flow.Settle();
        flow.Use("A", new() { Model = "m", InputTokens = 5 });
        flow.ConfirmCancelled("A");
        flow.Complete("B");

        Assert.Empty(flow.Working);
        Assert.StartsWith($"budget:{run.Id} (the cost of", flow.Hive.Show(flow.Task("C").Id).WaitingFor, StringComparison.Ordinal);
        var other = flow.Hive.Worker("w2", slots: 5);
        Assert.True(other.Has(flow.Task("A").Id) && other.Has(flow.Task("C").Id));
    }

    [Fact]
    public void A_rule_for_unknown_costs_belongs_to_a_limit_of_money()
    {
        var error = _hive.Refused(new SetBudget("b", new() { Tokens = 5, UnknownCost = UnknownCostRule.Allow }) { By = TestHive.User });

        Assert.Equal((ErrorCodes.InvalidRequest, "unknown_cost is of a budget with cost_usd."), (error.Code, error.Message));
    }

    private void Set(BudgetSpec spec, string id = "b") => _hive.Ok(new SetBudget(id, spec) { By = TestHive.User });
}
