using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>
/// The figures of usage since the hub started, by swarm and model, and of budgets. The owner's loop writes them; any thread may read them. Costs by agent and
/// day are in cost reports alone, because each agent would be a series of its own.
/// </summary>
internal sealed class CostMetrics
{
    /// <summary>The combinations of swarm and model with series of their own; further ones are counted under <c>*</c>.</summary>
    public const int MaxSeries = 1_000;

    private static readonly BudgetState[] States = Enum.GetValues<BudgetState>();

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Swarm, string? Model), UsageTotals> _totals = [];
    private readonly long[] _budgets = new long[States.Length];

    private CostMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableCounter("waggle.usage.tokens", ReadTokens, "{token}", "Tokens that workers reported, by swarm, model and direction.");
        meter.CreateObservableUpDownCounter(
            "waggle.usage.cost", ReadCosts, "USD", "Known costs of usage in US dollars, by swarm and model. A correction lowers it.");
        meter.CreateObservableGauge("waggle.budgets", ReadBudgets, "{budget}", "Budgets by state.");
    }

    public static CostMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new CostMetrics(metrics.Instruments));

    public void Report(in TurnReport turn, IReadOnlyCollection<BudgetEntity> budgets)
    {
        var changed = false;
        foreach (var (data, _) in turn.Batch)
        {
            if (data is TaskUsed used) Add(used);
            changed |= data is BudgetRecord;
        }

        if (changed || turn.Batch.Count == 0) Count(budgets);
    }

    /// <summary>Counts the budgets by state.</summary>
    public void Count(IReadOnlyCollection<BudgetEntity> budgets)
    {
        for (var i = 0; i < _budgets.Length; i++) Volatile.Write(ref _budgets[i], budgets.Count(b => b.State == States[i]));
    }

    private void Add(TaskUsed used)
    {
        lock (_gate)
        {
            var key = (used.Swarm ?? "", used.Usage.Model);
            if (!_totals.ContainsKey(key) && _totals.Count >= MaxSeries) key = ("*", "*");
            _totals[key] = UsageSums.Add(_totals.GetValueOrDefault(key), used.Added);
        }
    }

    private List<Measurement<long>> ReadTokens()
    {
        var found = new List<Measurement<long>>();
        lock (_gate)
        {
            foreach (var (key, total) in _totals)
            {
                found.Add(new(total.InputTokens, [.. Tags(key), new("direction", "input")]));
                found.Add(new(total.OutputTokens, [.. Tags(key), new("direction", "output")]));
            }
        }

        return found;
    }

    private List<Measurement<double>> ReadCosts()
    {
        lock (_gate)
        {
            var known = _totals.Where(t => t.Value.CostUsd is not null);
            return [.. known.Select(t => new Measurement<double>((double)t.Value.CostUsd!.Value, Tags(t.Key)))];
        }
    }

    private Measurement<long>[] ReadBudgets() =>
        [.. States.Select((state, i) => new Measurement<long>(Volatile.Read(ref _budgets[i]), [new("state", SnakeCase.Of(state))]))];

    private static KeyValuePair<string, object?>[] Tags((string Swarm, string? Model) key) => [new("swarm", key.Swarm), new("model", key.Model ?? "unknown")];
}
