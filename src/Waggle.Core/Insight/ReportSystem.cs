using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>
/// Reports a reading and the state of the rules. The command fires each alert that is due and not open, resolves each alert whose value is back, records the
/// parts of the hub whose health changed, and publishes the reading. Without a change of an alert it stores nothing.
/// </summary>
/// <param name="Reading">The reading without the figures that only the hive has: states of tasks and agents, alerts, health.</param>
/// <param name="Rules">All rules in force. An open alert of any other rule is resolved.</param>
public sealed record ReportSystem(SystemView Reading, IReadOnlyList<AlertFinding> Findings, IReadOnlyList<AlertRule> Rules) : Command<SystemView>
{
    /// <summary>The health of the store when the reading was taken.</summary>
    public StoreHealth Store { get; init; } = new();

    public override string Right => Permissions.WriteSystem;

    // While the store accepts no commit the command can fire no alert, and the reading is not stored.
    internal override bool OnlyReads => Store.Error is not null;

    public override Decision<SystemView> Decide(IHiveView view, in DecisionContext context)
    {
        var before = view.OpenAlerts;
        if (Store.Error is not null || (before.Count == 0 && !Findings.Any(f => f.IsPast)))
        {
            // While the store accepts no commit the command can fire no alert; the reading shows the state of the store.
            var calm = Complete(view, context.Now, before, Modules.All(before));
            return Decision.Of(calm, SystemMeasured.Of(calm));
        }

        var open = before.ToDictionary(a => a.Id, StringComparer.Ordinal);
        var records = new List<RecordData>();
        var given = 0;
        foreach (var finding in Findings)
        {
            var alert = before.FirstOrDefault(a => a.IsOf(finding.Rule));
            if (finding.IsPast && alert is null)
            {
                var offset = view.NextOffset + records.Count;
                var fired = Fire(finding, view.NextId(IdPrefix.Alert, given++), context.Now);
                records.Add(fired);
                open[fired.Alert] = AlertEvolver.Create(fired, offset, context.Now);
            }
            else if (!finding.IsPast && alert is not null)
            {
                var reason = finding.Value is { } back
                    ? finding.Rule.BackAt(back)
                    : $"{finding.Rule.Gauge.Metric} is not measured any more: {finding.WhyNotMeasured}";
                records.Add(new AlertResolved(alert, finding.Value, reason));
                open.Remove(alert.Id);
            }
        }

        foreach (var alert in before.Where(a => !Rules.Any(a.IsOf)))
        {
            records.Add(new AlertResolved(alert, null, $"The rule {alert.Fired.Rule} is not in force any more."));
            open.Remove(alert.Id);
        }

        var changed = records.Cast<AlertRecord>().ToArray();
        var modules = Modules.All(open.Values);
        foreach (var (module, status) in Modules.All(before))
        {
            if (modules[module] != status) records.Add(Change(module, status, modules[module], changed, open.Values));
        }

        var reading = Complete(view, context.Now, open.Values, modules);
        records.Add(SystemMeasured.Of(reading));
        return Decision.Of(reading, records);
    }

    private AlertFired Fire(AlertFinding finding, string id, DateTimeOffset now) => new()
    {
        Alert = id,
        Rule = finding.Rule.Name,
        Resource = finding.Rule.Gauge.Resource,
        Module = finding.Rule.Gauge.Module,
        Level = finding.Rule.Level,
        Title = finding.Rule.Gauge.Title,
        Message = finding.Rule.Gauge.WithDetail(finding.Rule.MessageAt(finding.Value!.Value), Store),
        Metric = finding.Rule.Gauge.Metric,
        Unit = finding.Rule.Gauge.Unit,
        Value = finding.Value.Value,
        Threshold = finding.Rule.Threshold,
        ResolveAt = finding.Rule.Resolve,
        Trend = finding.Trend,
        Since = now - finding.Held,
    };

    // A worse health names the alert that was just fired. A better health names the resolved alert and those still open.
    private ModuleStatusChanged Change(string module, HealthStatus before, HealthStatus after, AlertRecord[] changed, ICollection<AlertEntity> open)
    {
        var cause = changed.Where(r => r.Module == module)
            .OrderByDescending(r => r.State == AlertState.Firing == after > before)
            .ThenByDescending(r => r.Level)
            .First();
        var left = open.Where(a => a.Fired.Module == module).MaxBy(a => a.Fired.Level);
        var reason = cause is AlertResolved over ? over.Reason : cause.Message;
        return new()
        {
            Module = module,
            OldStatus = before,
            NewStatus = after,
            Reason = after < before && left is not null ? $"{reason} Still open: {AlertViews.Now(left, Rules, Reading, Store).Message}" : reason,
            Affected = Modules.Affected[module],
        };
    }

    private SystemView Complete(IHiveView view, DateTimeOffset now, IReadOnlyCollection<AlertEntity> open, IReadOnlyDictionary<string, HealthStatus> modules)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var whole = Reading with
        {
            At = now,
            Status = Modules.StatusOf(open),
            Modules = modules,
            Alerts = open.Count == 0 ? [] : [.. open.OrderBy(a => a.Seq).Select(a => AlertViews.Now(a, Rules, Reading, Store))],
            Work = Reading.Work with
            {
                Tasks = WorkCounts.Tasks(view),
                Agents = WorkCounts.Agents(view),
                Today = today,
                CompletedToday = view.CompletedOn(today),
            },
        };
        return Modules.WithStore(whole, Store);
    }
}
