using Waggle.Core.Insight;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives;

internal sealed partial class HiveState
{
    private readonly Dictionary<string, AlertEntity> _alerts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AlertEntity> _coldAlerts = new(StringComparer.Ordinal);

    public SystemView? System { get; private set; }

    /// <summary>What completed on the last day on which anything did.</summary>
    public TaskDay? TaskDay { get; private set; }

    public IReadOnlyCollection<AlertEntity> OpenAlerts => _alerts.Count == 0 ? [] : [.. _alerts.Values.Where(a => a.ResolvedAt is null).OrderBy(a => a.Seq)];

    public AlertEntity? Alert(string id) => _alerts.GetValueOrDefault(id) ?? _coldAlerts.GetValueOrDefault(id);

    public long CompletedOn(DateOnly day) => TaskDay?.Day == day ? TaskDay.Completed : 0;

    public TaskTotals? Totals => TaskDay?.Totals ?? new();

    public void Load(AlertEntity alert) => _alerts[alert.Id] = alert;

    public void Load(TaskDay day) => TaskDay = day;

    /// <summary>Totals that were counted from what is stored. They are stored with the next task that ends.</summary>
    public void Load(TaskTotals totals, DateTimeOffset now) =>
        TaskDay = (TaskDay ?? new() { Day = DateOnly.FromDateTime(now.UtcDateTime), Completed = 0 }) with { Totals = totals };

    /// <summary>A closed entity that a command of this batch asked for.</summary>
    public void PutCold(AlertEntity alert) => _coldAlerts[alert.Id] = alert;

    private void Apply(AlertRecord record, long offset, DateTimeOffset at)
    {
        var alert = record is AlertFired fired ? AlertEvolver.Create(fired, offset, at) : AlertEvolver.Evolve(_alerts[record.Alert], record, at);
        _alerts[alert.Id] = alert;
        _dirty.Add(alert.Key);
    }

    private void CountEnded(TaskState state, DateTimeOffset at)
    {
        TaskDay = TaskDay.Add(TaskDay, state, at);
        _dirty.Add(TaskDay.Key);
    }

    // Resolved alerts leave memory once that is durable.
    private void ForgetResolved()
    {
        _coldAlerts.Clear();
        if (_alerts.Count == 0) return;
        foreach (var over in _alerts.Values.Where(a => a.ResolvedAt is not null).ToArray()) _alerts.Remove(over.Id);
    }

    private void ResetInsight()
    {
        _alerts.Clear();
        _coldAlerts.Clear();
        TaskDay = null;
        System = null;
    }
}
