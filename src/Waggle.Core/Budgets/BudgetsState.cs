using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;
using Waggle.Core.Workflows;
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
    private readonly UnknownCosts _unknown;
    private readonly WorkBars _bars;
    private readonly BudgetIndex _index = new();
    private readonly CostMetrics _metrics;

    public BudgetsState(HiveContext hive, TasksState tasks)
    {
        _hive = hive;
        _holds = new(hive, tasks.Dispatch.Holds);
        _ledger = new(hive, hive.Table(BudgetFeature.Days), hive.Table(BudgetFeature.Swarms));
        _budgets = hive.Table(BudgetFeature.Budgets);
        _spent = new(hive);
        _bars = tasks.Dispatch.Bars;
        _unknown = new(hive, _bars, () => _budgets.Open);
        _metrics = CostMetrics.Of(hive.Metrics);
        hive.Timer(BudgetEntity.Entity.Name, id => new ReviewBudget(id) { By = hive.Hub });
        hive.Timer(StopSpent.Kind, id => new StopSpent(id) { By = hive.Hub });
        hive.Commands.After<StopSpent>(GoOn);
        hive.Commands.After<ReviewBudget>((review, _) => SetTimer(review.Budget));
        // The handlers of a base type run after those of its derived types, and the task must have the usage before its budget is looked at.
        hive.On<TaskRecord>(Follow);
        hive.On<BudgetRecord>(Apply);
        hive.On<AgentStatusChanged>((changed, _, _) => Forget(changed));
        hive.On<WorkflowCreated>((created, _, _) => Declare(created.Run, created.Budget));
        hive.On<WorkflowRetried>((retried, _, _) => Declare(retried.Run, hive.Workflows.Run(retried.Run)?.Budget));
        hive.On<WorkflowEnded>((ended, _, _) => EndAll(_index.OfRun(ended.Run)));
        hive.On<WorkflowStepStarted>((started, _, _) => Begin(started.Task));
        hive.On<ItemStarted>((started, _, _) => Begin(started.Task));
        hive.Views.Add<IBudgetView>(this, static (whole, _, by) => new ReachableBudgets(whole, by));
    }

    public IEnumerable<BudgetEntity> All => _budgets.Open.OrderBy(b => b.Id, StringComparer.Ordinal);

    public int Count => _budgets.OpenCount;

    public BudgetEntity? Budget(string id) => _budgets[id];

    public UsageTotals Used(BudgetSpec spec, DateTimeOffset now) =>
        spec.Task is { } task ? _hive.Task(task)?.TotalUsage ?? new()
        : spec.Run is { } run ? _hive.Workflows.Run(run)?.Usage ?? new()
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
        _unknown.Clear();
        _index.Clear();
    }

    private void Forget(AgentStatusChanged changed)
    {
        if (changed.Status is AgentStatus.Offline or AgentStatus.Removed) _unknown.Forget(changed.Agent);
    }

    private void Use(TaskUsed record, long offset, DateTimeOffset at)
    {
        _ledger.Add(record, offset, at);
        var model = _unknown.Follow(record);
        foreach (var id in _index.Covering(record, _hive.Workflows))
        {
            var budget = _budgets[id]!;
            if (BudgetRules.StateOf(budget.Spec, Used(budget.Spec, at)) != budget.State) _hive.Reactions.Enqueue(new ReviewBudget(id) { By = _hive.Hub });
            if (model is not null && UnknownCosts.Refuses(budget.Spec))
                _hive.Reactions.Enqueue(new RefuseUnknown(id, record.Task, record.Attempt, model) { By = _hive.Hub });
        }
    }

    private void Follow(TaskRecord record, long offset, DateTimeOffset at)
    {
        if (record is TaskUsed used) Use(used, offset, at);
        if (!record.State.IsTerminal()) return;
        _holds.Forget(record.Task);
        _bars.Forget(record.Task);
        EndAll(_index.OfTask(record.Task));
    }

    private void EndAll(IReadOnlyCollection<string> budgets)
    {
        foreach (var id in budgets) _hive.Reactions.Enqueue(new EndBudget(id) { By = _hive.Hub });
    }

    private void Begin(string? task)
    {
        if (task is null) return;
        _holds.Begin(task);
        if (!_bars.IsEmpty) _unknown.Begin(task, _hive.Workflows.RunsOf(task).SelectMany(_index.OfRun).Select(id => _budgets[id]!));
    }

    private void Declare(string run, RunBudget? limits)
    {
        if (limits is not null) _hive.Reactions.Enqueue(new DeclareBudget(run) { By = _hive.Hub });
    }

    private void Apply(BudgetRecord record, long offset, DateTimeOffset at)
    {
        var before = _budgets[record.Budget];
        if (before is not null) Leave(before);
        switch (record)
        {
            case BudgetChanged changed: Put(BudgetEvolver.Set(before, changed, offset, at), at); break;
            case BudgetStateChanged changed: Put(before! with { State = changed.State }, at); return;
            default: _budgets.Remove(record.Budget); break;
        }

        _unknown.Refresh();
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
        _holds.Add(budget, BudgetRules.ShownText(budget.Spec, Used(budget.Spec, now)));
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
