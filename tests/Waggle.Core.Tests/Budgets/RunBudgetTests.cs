using Waggle.Core.Budgets;
using Waggle.Core.Tests.Support;
using Waggle.Core.Tests.Workflows;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Budgets;

/// <summary>Budgets of workflow runs.</summary>
public sealed class RunBudgetTests
{
    private const string Two = """{"id":"two","budget":{"tokens":100},"steps":[{"id":"a","task":{"title":"A"}},{"id":"b","task":{"title":"B"}},{"id":"c","depends_on":["a"],"task":{"title":"C"}}]}""";

    private readonly FlowHive _flow = new();

    [Fact]
    public void The_usage_of_all_steps_counts_and_a_spent_budget_stops_them_and_holds_the_next()
    {
        _flow.Define(Two);
        var run = _flow.Start("two").Id;
        Assert.Equal((100L, BudgetState.Open), (Budget(run).Spec.Tokens, Budget(run).State));
        _flow.Use("A", new() { InputTokens = 60 });
        _flow.Use("B", new() { InputTokens = 20 });
        Assert.Equal((BudgetState.Warned, 0.8), (Budget(run).State, Budget(run).UsedShare));
        _flow.Use("B", new() { InputTokens = 40 });

        Assert.Equal($"Budget '{run}' of run {run} is spent: 100 of 100 tokens.", _flow.Task("B").Stop?.Reason);
        Assert.Equal(["A", "B"], _flow.Working);
        _flow.Complete("A");
        _flow.ConfirmCancelled("B");
        Assert.Empty(_flow.Working);
        Assert.Equal($"budget:{run} (100 of 100 tokens)", _flow.Hive.Show(_flow.Task("B").Id).WaitingFor);
        Assert.Equal($"budget:{run} (100 of 100 tokens)", _flow.Hive.Show(_flow.Task("C").Id).WaitingFor);
        var live = _flow.Hive.Ok(new ReadLive(run) { By = TestHive.User });
        Assert.Equal($"budget:{run} (100 of 100 tokens)", live.WaitingFor);
        Assert.Equal(["b", "c"], live.Waiting.Order());
        Assert.Equal(WorkflowRunState.Running, _flow.StateOf(run));
        Assert.Equal(100, _flow.Run(run).Usage!.InputTokens);

        Set(run, new() { Run = run, Tokens = 1000 });
        Assert.Equal(["B", "C"], _flow.Working);
        _flow.Complete("B");
        _flow.Complete("C");
        Assert.Equal(WorkflowRunState.Completed, _flow.StateOf(run));
        Assert.Empty(_flow.Hive.Ok(new ListBudgets { By = TestHive.User }).Budgets);
        Assert.Equal(100, _flow.Run(run).Usage!.InputTokens);
    }

    [Fact]
    public void A_run_that_a_step_starts_counts_for_the_run_above_it_and_is_held_with_it()
    {
        _flow.Define("""{"id":"sub","steps":[{"id":"x","task":{"title":"X"}},{"id":"y","depends_on":["x"],"task":{"title":"Y"}}]}""");
        _flow.Define("""{"id":"top","steps":[{"id":"call","workflow":{"id":"sub"}},{"id":"own","task":{"title":"Own"}}]}""");
        var run = Start("top", new() { CostUsd = 1 });
        _flow.Use("X", new() { Model = "m", CostUsd = 0.5m });
        _flow.Use("Own", new() { Model = "m", CostUsd = 0.5m });
        _flow.Complete("X");
        _flow.ConfirmCancelled("Own");

        Assert.Empty(_flow.Working);
        Assert.Equal($"budget:{run} (1 of 1 USD)", _flow.Hive.Show(_flow.Task("Y").Id).WaitingFor);
        var below = _flow.Hive.State.Workflows.RunsOf(_flow.Task("Y").Id).ToArray();
        Assert.Equal(run, below[1]);
        Assert.Equal($"budget:{run} (1 of 1 USD)", _flow.Hive.Ok(new ReadLive(below[0]) { By = TestHive.User }).WaitingFor);
        Assert.Equal((0.5m, 1m), (_flow.Run(below[0]).Usage!.CostUsd, _flow.Run(run).Usage!.CostUsd));

        _flow.Hive.Ok(new RemoveBudget(run) { By = TestHive.User });
        Assert.Equal(["Own", "Y"], _flow.Working.Order());
    }

    [Fact]
    public void A_spent_budget_of_a_run_holds_its_map_and_nothing_else_and_survives_a_restart()
    {
        _flow.Define("""{"id":"m","steps":[{"id":"each","map":{"over":"input"},"task":{"title":"Item"}}]}""");
        var run = Start("m", new() { Tokens = 10 }, "[1,2,3]");
        _flow.Use("Item [0]", new() { InputTokens = 10 });
        foreach (var n in new[] { 0, 1, 2 }) _flow.ConfirmCancelled($"Item [{n}]");
        Assert.Empty(_flow.Working);
        _flow.Restart();
        Assert.Empty(_flow.Working);
        Assert.StartsWith($"budget:{run} ", _flow.Hive.Show(_flow.Task("Item [2]").Id).WaitingFor, StringComparison.Ordinal);
        var other = _flow.Hive.Create();
        Assert.True(_flow.Worker.Has(other));

        Set(run, new() { Run = run, Tokens = 100 });
        Assert.Equal(4, _flow.Working.Count);
    }

    [Fact]
    public void A_retry_keeps_what_the_run_used_and_its_budget()
    {
        _flow.Define(Two);
        var run = _flow.Start("two").Id;
        _flow.Use("A", new() { InputTokens = 50 });
        _flow.Fail("A");
        _flow.ConfirmCancelled("B");
        Assert.Equal(WorkflowRunState.Failed, _flow.StateOf(run));
        Assert.Empty(_flow.Hive.Ok(new ListBudgets { By = TestHive.User }).Budgets);

        _flow.Hive.Ok(new RetryRun(run) { By = TestHive.User });
        _flow.Settle();
        Assert.Equal((100L, 50L), (Budget(run).Spec.Tokens, Budget(run).Used.InputTokens));
    }

    [Fact]
    public void A_budget_id_that_is_taken_gets_a_number()
    {
        _flow.Define(Two);
        var first = _flow.Start("two").Id;
        Set($"{first}-x", new() { Swarm = "default", Tokens = 1_000_000 });
        Assert.Equal(2, _flow.Hive.Ok(new ListBudgets { By = TestHive.User }).Budgets.Count);
    }

    [Theory]
    [InlineData("budget.tokens is 1 to 1000000000000000; it was 0. To let nothing start, pause the swarm.", 0L, null)]
    [InlineData("budget.cost_usd is more than 0 and at most 1000000000; it was -1. To let nothing start, pause the swarm.", null, -1.0)]
    [InlineData("A budget has a limit: tokens, cost_usd or both.", null, null)]
    public void A_budget_without_sense_is_refused_at_the_start(string message, long? tokens, double? cost)
    {
        _flow.Define(Two);
        var start = new WorkflowStart { Workflow = "two", Budget = new() { Tokens = tokens, CostUsd = (decimal?)cost } };
        var error = _flow.Hive.Refused(new StartRun(start) { By = TestHive.User });

        Assert.Equal((ErrorCodes.InvalidRequest, message), (error.Code, error.Message));
    }

    [Fact]
    public void A_budget_without_sense_is_refused_in_the_definition_with_its_place()
    {
        var definition = RawJson.Parse("""{"id":"w","budget":{"tokens":-5},"steps":[{"id":"a","task":{"title":"A"}}]}""");
        var error = _flow.Hive.Refused(new DefineWorkflow(definition) { By = TestHive.User });

        Assert.Contains("budget.tokens", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.NotFound, _flow.Hive.Refused(new SetBudget("b", new() { Run = "r9", Tokens = 1 }) { By = TestHive.User }).Code);
    }

    private string Start(string workflow, RunBudget budget, string input = "null")
    {
        var run = _flow.Hive.Ok(new StartRun(new() { Workflow = workflow, Input = RawJson.Parse(input), Budget = budget }) { By = TestHive.User });
        _flow.Settle();
        return run.Id;
    }

    private void Set(string id, BudgetSpec spec)
    {
        _flow.Hive.Ok(new SetBudget(id, spec) { By = TestHive.User });
        _flow.Settle();
    }

    private BudgetView Budget(string id) => _flow.Hive.Ok(new ShowBudget(id) { By = TestHive.User });
}
