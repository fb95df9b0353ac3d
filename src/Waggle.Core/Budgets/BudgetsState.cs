using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>The usage of a hive and its budgets. Only the owner's loop uses it.</summary>
internal sealed class BudgetsState : FeatureState, IBudgetView
{
    private readonly HiveContext _hive;
    private readonly BudgetHolds _holds;
    private readonly UsageLedger _ledger;
    private readonly EntityTable<BudgetEntity> _budgets;
    private readonly SpentWork _spent;
    private readonly BudgetIndex _index = new();
    private readonly CostMetrics _metrics;

    public BudgetsState(HiveContext hive, TasksState tasks)
    {
        _hive = hive;
        _holds = new(tasks.Dispatch.Holds);
        _ledger = new(hive, hive.Table(BudgetFeature.Days), hive.Table(BudgetFeature.Swarms));
        _budgets = hive.Table(BudgetFeature.Budgets);
        _spent = new(hive);
        _metrics = CostMetrics.Of(hive.Metrics);
        hive.Timer(BudgetEntity.Entity.Name, id => new ReviewBudget(id) { By = hive.Hub });
        hive.Timer(StopSpent.Kind, id => new StopSpent(id) { By = hive.Hub });
        hive.Commands.After<StopSpent>(GoOn);
        hive.Commands.After<ReviewBudget>((review, _) => SetTimer(review.Budget));
        // The handlers of a base type run after those of its derived types, and the task must have the usage before its budget is looked at.
        hive.On<TaskRecord>(Follow);
        hive.On<BudgetRecord>(Apply);
        hive.Views.Add<IBudgetView>(this, static (whole, _, by) => new ReachableBudgets(whole, by));
    }

    public IEnumerable<BudgetEntity> All => _budgets.Open.OrderBy(b => b.Id, StringComparer.Ordinal);

    public int Count => _budgets.OpenCount;

    public BudgetEntity? Budget(string id) => _budgets[id];

    public UsageTotals Used(BudgetSpec spec, DateTimeOffset now) =>
        spec.Task is { } task ? _hive.Task(task)?.TotalUsage ?? new()
        : spec.Period == BudgetPeriod.Day ? _ledger.Today(spec.Swarm, now)
        : _ledger.Total(spec.Swarm);

    public IReadOnlyList<string> ToStop(string budget, int most) => _budgets[budget] is { } found ? _spent.Next(found, most) : [];

    public override Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel) => _ledger.LoadAsync(store, now, cancel);

    public override void EndLoad(DateTimeOffset now)
    {
        _ledger.EndLoad();
        foreach (var budget in _budgets.Open)
        {
            _index.Add(budget);
            Follow(budget, now);
        }
    }

    public override void Report(in TurnReport turn) => _metrics.Report(turn, _budgets.Open);

    public override void Reset()
    {
        _ledger.Reset();
        _spent.Clear();
        _index.Clear();
    }

    private void Use(TaskUsed record, long offset, DateTimeOffset at)
    {
        _ledger.Add(record, offset, at);
        foreach (var id in _index.Covering(record))
        {
            var budget = _budgets[id]!;
            if (BudgetRules.StateOf(budget.Spec, Used(budget.Spec, at)) != budget.State) _hive.Reactions.Enqueue(new ReviewBudget(id) { By = _hive.Hub });
        }
    }

    private void Follow(TaskRecord record, long offset, DateTimeOffset at)
    {
        if (record is TaskUsed used) Use(used, offset, at);
        if (!record.State.IsTerminal()) return;
        foreach (var id in _index.OfTask(record.Task)) _hive.Reactions.Enqueue(new EndBudget(id) { By = _hive.Hub });
    }

    private void Apply(BudgetRecord record, long offset, DateTimeOffset at)
    {
        var before = _budgets[record.Budget];
        if (before is not null) Leave(before);
        switch (record)
        {
            case BudgetChanged changed: Put(BudgetEvolver.Set(before, changed, offset, at), at); return;
            case BudgetStateChanged changed: Put(before! with { State = changed.State }, at); return;
            default: _budgets.Remove(record.Budget); return;
        }
    }

    private void Put(BudgetEntity budget, DateTimeOffset at)
    {
        _budgets.Put(budget);
        _index.Add(budget);
        Follow(budget, at);
    }

    private void Leave(BudgetEntity budget)
    {
        _index.Remove(budget);
        _spent.Forget(budget.Id);
        _hive.Timers.Set(budget.Key, null);
        _hive.Timers.Set(new(StopSpent.Kind, budget.Id), null);
        if (budget.State == BudgetState.Spent) _holds.End(budget);
    }

    // Sets what follows from the state of a budget.
    private void Follow(BudgetEntity budget, DateTimeOffset now)
    {
        SetTimer(budget.Id, now);
        if (budget.State != BudgetState.Spent) return;
        _holds.Add(budget, BudgetRules.UsedText(budget.Spec, Used(budget.Spec, now)));
        _hive.Timers.Set(new(StopSpent.Kind, budget.Id), now);
    }

    private void SetTimer(string id) => SetTimer(id, _hive.Now);

    // A budget of a day is free again at midnight. A budget whose state is not that of its use is due at once, as after a restart on another day.
    private void SetTimer(string id, DateTimeOffset now)
    {
        if (_budgets[id] is not { } budget) return;
        DateTimeOffset? due = BudgetRules.StateOf(budget.Spec, Used(budget.Spec, now)) != budget.State ? now
            : budget.Spec.Period == BudgetPeriod.Day && budget.State != BudgetState.Open ? new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1)
            : null;
        _hive.Timers.Set(budget.Key, due);
    }

    private void GoOn(StopSpent stop, Decision decision)
    {
        if (decision.Records.Count > 0) _hive.Timers.Set(new(StopSpent.Kind, stop.Budget), _hive.Now);
    }
}
