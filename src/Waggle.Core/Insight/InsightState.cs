using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>The alerts and readings as a decision sees them.</summary>
internal interface IInsightView
{
    /// <summary>Returns the number of tasks completed on a day (UTC): today, or the last day with a completed task.</summary>
    long CompletedOn(DateOnly day);

    /// <summary>The tasks that ended since the hive began; null for a principal that does not see the whole hive.</summary>
    TaskTotals? Totals { get; }

    /// <summary>Returns an alert that is open, or a resolved one whose key the command named.</summary>
    AlertEntity? Alert(string id);

    /// <summary>The alerts that are firing or acknowledged, the oldest first.</summary>
    IReadOnlyCollection<AlertEntity> OpenAlerts { get; }

    /// <summary>The newest reading of machine, process and hub; null before the first.</summary>
    SystemView? System { get; }
}

internal sealed class InsightState : FeatureState, IInsightView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<AlertEntity> _alerts;
    private readonly EntityTable<TaskDay> _days;

    public InsightState(HiveContext hive)
    {
        _hive = hive;
        _alerts = hive.Table(InsightFeature.Alerts);
        _days = hive.Table(InsightFeature.Days);
        hive.On<AlertFired>((r, offset, at) => _alerts.Put(AlertEvolver.Create(r, offset, at)));
        hive.On<AlertAcknowledged>((r, _, at) => _alerts.Put(AlertEvolver.Evolve(_alerts[r.Alert]!, r, at)));
        hive.On<AlertResolved>((r, _, at) => _alerts.Put(AlertEvolver.Evolve(_alerts[r.Alert]!, r, at)));
        hive.On<SystemMeasured>((r, _, at) => System = r.At(at));
        hive.On<TaskRecord>(Count);

        // Machine and hub concern the whole hive, which a principal that is limited to swarms does not see.
        hive.Views.Add<IInsightView>(this, static (_, _, _) => Hidden.Instance);
    }

    public SystemView? System { get; private set; }

    public IReadOnlyCollection<AlertEntity> OpenAlerts => _alerts.Open.Count == 0 ? [] : [.. _alerts.Open.OrderBy(a => a.Seq)];

    public AlertEntity? Alert(string id) => _alerts[id];

    public long CompletedOn(DateOnly day) => Day?.Day == day ? Day.Completed : 0;

    public TaskTotals? Totals => Day?.Totals ?? new();

    public override void Reset() => System = null;

    // Earlier versions kept no totals. In such a folder the totals begin with the tasks that the store still has, and the next task that ends stores them.
    public override async Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        if (Day?.Totals is not null || _hive.NextOffset == 1) return;
        var none = new TaskTotals();
        var totals = none;
        foreach (var state in TaskTotals.States)
        {
            var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["state"] = [TaskColumns.Name(state)] };
            var query = new EntityQuery(TaskEntity.Entity.Name, equal);
            totals = totals.With(state, await store.CountAsync(_hive.Hive, query, cancel));
        }

        if (totals != none) _days.Assume((Day ?? new() { Day = DateOnly.FromDateTime(now.UtcDateTime), Completed = 0 }) with { Totals = totals });
    }

    private void Count(TaskRecord record, long offset, DateTimeOffset at)
    {
        if (record.State.IsTerminal() && record is not (TaskOrphanResult or TaskUsed)) _days.Put(TaskDay.Add(Day, record.State, at));
    }

    private TaskDay? Day => _days[TaskDay.OnlyId];

    private sealed class Hidden : IInsightView
    {
        public static readonly Hidden Instance = new();

        public IReadOnlyCollection<AlertEntity> OpenAlerts => [];

        public SystemView? System => null;

        public TaskTotals? Totals => null;

        public long CompletedOn(DateOnly day) => 0;

        public AlertEntity? Alert(string id) => null;
    }
}

internal static class InsightViewExtensions
{
    extension(IHiveView view)
    {
        public IReadOnlyCollection<AlertEntity> OpenAlerts => view.View<IInsightView>().OpenAlerts;

        public SystemView? System => view.View<IInsightView>().System;

        public TaskTotals? Totals => view.View<IInsightView>().Totals;

        public AlertEntity? Alert(string id) => view.View<IInsightView>().Alert(id);

        public long CompletedOn(DateOnly day) => view.View<IInsightView>().CompletedOn(day);
    }
}
