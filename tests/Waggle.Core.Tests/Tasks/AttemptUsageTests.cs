using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public sealed class AttemptUsageTests
{
    private static readonly PriceList Prices = new(new Dictionary<string, ModelPrice> { ["priced"] = new(3m, 15m, 0.3m), ["flat"] = new(0.15m, 0.6m) });

    private readonly TestHive _hive = new(new HiveOptions { Prices = Prices });

    [Fact]
    public void A_repeated_report_changes_nothing_and_a_report_without_a_number_leaves_it()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { Model = "m", InputTokens = 100, OutputTokens = 5, CostUsd = 0.0999999999999999m });
        worker.Use(new() { Model = "m", InputTokens = 100, OutputTokens = 5, CostUsd = 0.0999999999999999m });
        worker.Use(new() { Model = "m", OutputTokens = 9 });

        Assert.Equal(2, _hive.All.OfType<TaskUsed>().Count());
        Assert.Equal(new Usage { Model = "m", InputTokens = 100, OutputTokens = 9, CostUsd = 0.1m, CostBasis = CostBasis.Reported }, _hive.Show(task).Usage);
        Assert.Equal((0L, 4L, 0m), Added(_hive.Replies<TaskUsed>()));
    }

    [Fact]
    public void The_models_of_an_attempt_are_kept_apart_and_the_task_has_the_sum_of_its_attempts()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { Model = "x", InputTokens = 10, CostUsd = 0.1m });
        worker.Use(new() { Model = "y", InputTokens = 1, OutputTokens = 2, CostUsd = 0.2m });
        worker.Fail();
        _hive.Advance(TimeSpan.FromMinutes(1));
        worker.Hello();
        worker.Complete(usage: new() { Model = "x", InputTokens = 7 });

        var (first, second) = (_hive.Attempts(task)[0], _hive.Attempts(task)[^1]);
        Assert.Equal(new Usage { InputTokens = 11, OutputTokens = 2, CostUsd = 0.3m, CostBasis = CostBasis.Reported }, first.Usage);
        Assert.Equal(["x", "y"], first.ModelUsage!.Select(u => u.Model));
        Assert.Equal((new Usage { Model = "x", InputTokens = 7 }, null), (second.Usage, second.ModelUsage));
        Assert.Equal(new UsageTotals { InputTokens = 18, OutputTokens = 2, CostUsd = 0.3m, UnknownCosts = 1 }, _hive.Task(task).TotalUsage);
    }

    [Fact]
    public void An_attempt_that_is_lost_keeps_what_its_worker_had_reported()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var lease = worker.Lease;
        worker.Use(new() { Model = "m", InputTokens = 10 });
        _hive.Restart();
        _hive.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((AttemptOutcomes.Lost, 10L), (_hive.Attempts(task).Single().Outcome, _hive.Attempts(task).Single().Usage!.InputTokens));
        worker.Hello(0);
        worker.Complete(lease, usage: new() { Model = "m", InputTokens = 12 });
        Assert.Equal(12, _hive.Task(task).TotalUsage!.InputTokens);
        Assert.Equal(12, _hive.Attempts(task).Single().Usage!.InputTokens);
    }

    [Fact]
    public void The_hub_prices_tokens_exactly_until_the_worker_reports_the_cost_itself()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { Model = "priced", InputTokens = 1_000_001, CachedTokens = 1, OutputTokens = 3 });
        Assert.Equal((3.0000453m, CostBasis.Priced), (_hive.Show(task).Usage!.CostUsd, _hive.Show(task).Usage!.CostBasis));
        worker.Use(new() { Model = "flat", InputTokens = 1 });
        Assert.Equal(3.00004545m, _hive.Task(task).TotalUsage!.CostUsd);
        worker.Use(new() { Model = "flat", CostUsd = 0.5m });
        Assert.Equal((3.5000453m, CostBasis.Mixed), (_hive.Show(task).Usage!.CostUsd, _hive.Show(task).Usage!.CostBasis));
        worker.Use(new() { Model = "priced", CostUsd = 1 });

        Assert.Equal((1.5m, 0L), (_hive.Task(task).TotalUsage!.CostUsd, _hive.Task(task).TotalUsage!.UnknownCosts));
    }

    [Fact]
    public void An_unknown_cost_stays_null_and_is_counted_until_it_is_known()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { Model = "other", InputTokens = 5 });
        Assert.Equal((null, null), (_hive.Show(task).Usage!.CostUsd, _hive.Show(task).Usage!.CostBasis));
        Assert.Equal((null, 1L), (_hive.Task(task).TotalUsage!.CostUsd, _hive.Task(task).TotalUsage!.UnknownCosts));
        worker.Use(new() { Model = "other", CostUsd = 0.25m });

        Assert.Equal((0.25m, 0L), (_hive.Task(task).TotalUsage!.CostUsd, _hive.Task(task).TotalUsage!.UnknownCosts));
    }

    [Fact]
    public void Usage_that_falls_is_refused_and_changes_nothing()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Use(new() { Model = "m", InputTokens = 10, CostUsd = 0.5m });

        var fewer = worker.Refused(l => new ReportUsage(l, new() { Model = "m", InputTokens = 9 }) { By = worker.Principal });
        Assert.Equal(
            (ErrorCodes.InvalidRequest, "usage.input_tokens of model 'm' falls from 10 to 9; usage is cumulative: each report contains those before it."),
            (fewer.Code, fewer.Message));
        var cheaper = worker.Refused(l => new CompleteTask(l, default, new() { Model = "m", CostUsd = 0.4m }) { By = worker.Principal });
        Assert.Contains("usage.cost_usd of model 'm' falls from 0.5 to 0.4", cheaper.Message, StringComparison.Ordinal);
        Assert.Equal((10L, TaskState.Assigned), (_hive.Show(task).Usage!.InputTokens, _hive.StateOf(task)));
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_with_their_field()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        foreach (var (usage, field) in new (Usage, string)[]
        {
            (new() { InputTokens = -1 }, "input_tokens"), (new() { OutputTokens = -1 }, "output_tokens"), (new() { CachedTokens = -1 }, "cached_tokens"),
            (new() { ReasoningTokens = long.MaxValue }, "reasoning_tokens"), (new() { CostUsd = -0.01m }, "cost_usd"), (new() { CostUsd = decimal.MaxValue }, "cost_usd"),
            (new() { Model = "" }, "model"), (new() { Model = new string('m', 129) }, "model"), (new() { InputTokens = 1, CachedTokens = 2 }, "cached_tokens"),
            (new() { OutputTokens = 1, ReasoningTokens = 2 }, "reasoning_tokens"),
        })
        {
            foreach (var command in Reports(usage, worker.Principal))
                Assert.Contains($"usage.{field}", worker.Refused(command).Message, StringComparison.Ordinal);
        }

        for (var n = 0; n < AttemptUsage.MaxModels; n++) worker.Use(new() { Model = $"m{n}", InputTokens = 1 });
        Assert.Equal(ErrorCodes.QuotaExceeded, worker.Refused(l => new ReportUsage(l, new() { Model = "one more", InputTokens = 1 }) { By = worker.Principal }).Code);
    }

    private static Func<LeaseRef, Command>[] Reports(Usage usage, Principal by) =>
    [
        l => new ReportUsage(l, usage) { By = by }, l => new ReportProgress(l, 0.5, null, usage) { By = by }, l => new CompleteTask(l, default, usage) { By = by },
    ];

    private static (long, long, decimal?) Added(TaskUsed used) => (used.Added.InputTokens, used.Added.OutputTokens, used.Added.CostUsd);
}
