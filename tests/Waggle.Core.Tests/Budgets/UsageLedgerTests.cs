using System.Text.Json;
using Waggle.Core.Budgets;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Hives;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Budgets;

public sealed class UsageLedgerTests
{
    /// <summary>Random commands, with restarts, lost workers, commits that fail, and days that end.</summary>
    [Fact]
    public void The_totals_are_the_sums_of_the_attempts_whatever_happened()
    {
        var used = 0;
        Gen.Fuzz(60, gen =>
        {
            var hive = new TestHive(dice: new Random(gen.Seed));
            var commands = new CommandGen(gen, hive);
            for (var turn = 0; turn < 120; turn++)
            {
                if (gen.Bool(0.04)) hive.Restart();
                else if (gen.Bool(0.04)) hive.Advance(TimeSpan.FromHours(gen.Int(1, 9)));
                else
                {
                    if (gen.Bool(0.05)) hive.Store.FailNextCommit();
                    hive.Turn(gen.List(1, 4, commands.Next));
                }

                commands.Learn();
            }

            Check(hive);
            used += hive.All.OfType<TaskUsed>().Count();
        });
        Assert.True(used > 100, $"There were only {used} reports of usage.");
    }

    [Fact]
    public void Each_day_in_UTC_has_its_own_sums_and_a_restart_keeps_those_of_today()
    {
        var hive = new TestHive();
        var worker = hive.Worker("a1");
        hive.Create(with: s => s with { LeaseMs = 86_400_000 });
        worker.Start();
        var lease = worker.Lease;
        worker.Use(new() { Model = "m", InputTokens = 10, CostUsd = 0.1m });
        hive.Now = new DateTimeOffset(hive.Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
        worker.Use(new() { Model = "m", InputTokens = 15, CostUsd = 0.3m });
        hive.Restart();
        worker.Hello(1, holding: lease);
        worker.Use(new() { Model = "m", InputTokens = 16 }, lease);
        Check(hive);

        Assert.Equal([(10L, 0.1m), (6L, 0.2m)], Rows(hive).Select(r => (r.Usage.InputTokens, r.Usage.CostUsd!.Value)));
        Assert.Equal((6L, 16L), (Today(hive).InputTokens, Total(hive).InputTokens));
    }

    private static UsageTotals Today(TestHive hive) => hive.State.Budgets.Used(new() { Period = BudgetPeriod.Day }, hive.Now);

    private static UsageTotals Total(TestHive hive) => hive.State.Budgets.Used(new(), hive.Now);

    private static void Check(TestHive hive)
    {
        var (rows, attempts) = (Rows(hive), Attempts(hive).ToArray());
        AssertSame(attempts.Select(a => ($"{a.Swarm}/{a.Agent}/{a.Model}", a.Usage)), rows.Select(r => ($"{r.Swarm}/{r.Agent}/{r.Model}", r.Usage)));
        AssertSame(attempts.Select(a => (a.Swarm, a.Usage)), Swarms(hive).Select(s => (s.Swarm, s.Usage)));
        AssertSame(hive.Published.Where(r => r.Payload is TaskUsed).Select(r => (DayUsage.NameOf(UsageLedger.DayOf(r.At)), ((TaskUsed)r.Payload!).Added)), rows.Select(r => (DayUsage.NameOf(r.Day), r.Usage)));
        AssertSame(attempts.Select(a => ("", a.Usage)), [("", Total(hive))]);
        AssertSame(rows.Where(r => r.Day == UsageLedger.DayOf(hive.Now)).Select(r => ("", r.Usage)), [("", Today(hive))]);
    }

    private static void AssertSame(IEnumerable<(string Key, UsageTotals Usage)> expected, IEnumerable<(string Key, UsageTotals Usage)> actual) =>
        Assert.Equal(Sums(expected), Sums(actual));

    private static SortedDictionary<string, string> Sums(IEnumerable<(string Key, UsageTotals Usage)> all)
    {
        var sums = all.GroupBy(a => a.Key, a => a.Usage).ToDictionary(g => g.Key, g => g.Aggregate(new UsageTotals(), UsageSums.Add));
        return new(sums.Where(s => s.Value != new UsageTotals()).ToDictionary(s => s.Key, s => $"{s.Value with { CostUsd = (s.Value.CostUsd ?? 0) / 1.000m }}"), StringComparer.Ordinal);
    }

    private static List<DayUsage> Rows(TestHive hive) =>
        [.. hive.Store.Entities(hive.Options.Hive).Where(e => e.Kind == "usage_day").OrderBy(e => e.Seq).Select(e => BudgetFeature.Days.Parse(e))];

    private static List<SwarmUsage> Swarms(TestHive hive) =>
        [.. hive.Store.Entities(hive.Options.Hive).Where(e => e.Kind == "usage_swarm").Select(e => BudgetFeature.Swarms.Parse(e))];

    // An attempt is stored with its end; until then its task has what it used. A result that came after its lease lapsed is checked under the same attempt.
    private static IEnumerable<(string Swarm, string Agent, string? Model, UsageTotals Usage)> Attempts(TestHive hive)
    {
        var tasks = hive.Store.Entities(hive.Options.Hive).Where(e => e.Kind == "task")
            .Select(e => JsonSerializer.Deserialize(e.Body.Span, TaskJson.Default.TaskEntity)!).ToDictionary(t => t.Id);
        foreach (var task in tasks.Values)
        {
            var current = task.IsHeld ? task.Lease : task.Claim?.Lease;
            foreach (var attempt in hive.Attempts(task.Id).Where(a => a.Attempt != current?.Attempt))
            {
                foreach (var usage in attempt.ModelUsage ?? (attempt.Usage is { } one ? [one] : [])) yield return (task.Swarm, attempt.Agent, usage.Model, UsageSums.Difference(usage, null));
            }

            if (current is not { } lease) continue;
            foreach (var usage in task.AttemptUsage ?? []) yield return (task.Swarm, lease.Agent, usage.Model, UsageSums.Difference(usage, null));
        }
    }
}
