using Waggle.Core.Budgets;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

/// <summary>Usage of attempts that have ended: it was used, whatever became of the lease.</summary>
public sealed class LateUsageTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void Usage_under_a_lapsed_lease_counts_and_revives_nothing()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        worker.Use(new() { Model = "m", InputTokens = 10, CostUsd = 1 });
        var lease = worker.Lease;
        worker.Vanish();
        _hive.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));

        Assert.Equal(TaskState.Pending, worker.Use(new() { Model = "m", InputTokens = 25, CostUsd = 3 }, lease).State);
        Assert.Equal((TaskState.Pending, 25L, 3m), (_hive.StateOf(task), _hive.Task(task).TotalUsage!.InputTokens, _hive.Task(task).TotalUsage!.CostUsd));
        Assert.Equal((25L, 3m), (_hive.Attempts(task).Single().Usage!.InputTokens, _hive.Attempts(task).Single().Usage!.CostUsd));
        worker.Use(new() { Model = "m", InputTokens = 25, CostUsd = 3 }, lease);
        Assert.Equal(3m, _hive.Task(task).TotalUsage!.CostUsd);
    }

    [Fact]
    public void Usage_of_an_earlier_attempt_is_part_of_the_total_and_not_of_the_attempt_that_runs()
    {
        var (first, second) = (_hive.Worker("a1"), _hive.Worker("a2", slots: 0));
        var task = _hive.Create();
        first.Start();
        var lease = first.Lease;
        first.Vanish();
        second.Credit(1);
        _hive.Advance(TimeSpan.FromSeconds(31));
        second.Renew();
        Assert.True(second.Has(task));
        second.Use(new() { Model = "m", InputTokens = 7, CostUsd = 0.5m });
        first.Use(new() { Model = "m", InputTokens = 100, CostUsd = 2 }, lease);

        var seen = _hive.Task(task);
        Assert.Equal((7L, 0.5m, 107L, 2.5m), (seen.Usage!.InputTokens, seen.Usage.CostUsd, seen.TotalUsage!.InputTokens, seen.TotalUsage.CostUsd));
        Assert.True(second.Has(task));
        Assert.Equal(100, _hive.Attempts(task).Single(a => a.Agent == "a1").Usage!.InputTokens);
    }

    [Fact]
    public void A_stale_failure_is_refused_and_its_usage_counts()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var lease = worker.Lease;
        worker.Release();
        var again = worker.Refused(l => new FailTask(l, new("BOOM", "It broke."), true, null, new() { Model = "m", CostUsd = 4 }) { By = TestHive.User }, lease);

        Assert.Equal(ErrorCodes.StaleLease, again.Code);
        Assert.Equal(4m, _hive.Task(task).TotalUsage!.CostUsd);
        Assert.True(worker.Has(task));
    }

    [Fact]
    public void Usage_after_the_end_of_the_task_counts_for_swarm_and_budget_and_the_task_stays_ended()
    {
        _hive.Ok(new SetBudget("b", new() { Swarm = "default", CostUsd = 10 }) { By = TestHive.User });
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var lease = worker.Lease;
        worker.Complete();
        var ended = _hive.Task(task).EndedAt;
        _hive.Advance(TimeSpan.FromSeconds(5));
        worker.Use(new() { Model = "m", CostUsd = 4 }, lease);

        Assert.Equal((TaskState.Completed, ended, 4m), (_hive.StateOf(task), _hive.Task(task).EndedAt, _hive.Task(task).TotalUsage!.CostUsd));
        Assert.Equal(4m, _hive.Ok(new ShowBudget("b") { By = TestHive.User }).Used.CostUsd);
    }

    [Fact]
    public void Usage_of_another_agents_attempt_is_refused()
    {
        var (one, two) = (_hive.Worker("a1"), _hive.Worker("a2", slots: 0));
        _hive.Create();
        one.Start();
        var lease = one.Lease;
        one.Complete();

        Assert.Equal(ErrorCodes.StaleLease, two.Refused(l => new ReportUsage(l, new() { InputTokens = 1 }) { By = TestHive.User }, lease).Code);
    }

    [Fact]
    public void A_correction_after_midnight_makes_no_day_negative()
    {
        var prices = new PriceList(new Dictionary<string, ModelPrice> { ["m"] = new(1_000_000, 0) });
        var hive = new TestHive(options: new HiveOptions { Prices = prices });
        var worker = hive.Worker("a1");
        hive.Create(with: s => s with { LeaseMs = 86_400_000 });
        worker.Use(new() { Model = "m", InputTokens = 10 });
        hive.Now = new DateTimeOffset(hive.Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1).AddSeconds(1);
        worker.Use(new() { Model = "m", InputTokens = 10, CostUsd = 4 });
        worker.Use(new() { Model = "m", InputTokens = 11, CostUsd = 5 });

        var today = new BudgetSpec { Swarm = "default", Period = BudgetPeriod.Day, CostUsd = 100 };
        var used = hive.Ok(new SetBudget("b", today) { By = TestHive.User }).Used;
        Assert.Equal((1m, -6m), (used.CostUsd, used.CorrectionUsd));
        Assert.Equal(5m, hive.Ok(new SetBudget("all", today with { Period = BudgetPeriod.Total }) { By = TestHive.User }).Used.CostUsd);
    }
}
