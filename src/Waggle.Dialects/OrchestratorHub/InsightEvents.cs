using Waggle.Core.Insight;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>What the hub measures of itself and of its machine.</summary>
internal static class InsightEvents
{
    public static IReadOnlyList<MessageMap> Rows { get; } =
    [
        new MessageMap<AlertFired>(
            "resource_alert", "alert_fired", "`unit` is percent", r => r.Unit == Gauge.Percent,
            Field<AlertFired>.Text("resource", "resource", r => r.Resource),
            Field<AlertFired>.Number("usage_percent", "value", r => Math.Round(r.Value, 1)),
            Field<AlertFired>.Number("threshold_percent", "threshold", r => r.Threshold),
            Field<AlertFired>.Text("trend", "trend: increasing, decreasing, stable", r => Words.Of(r.Trend)),
            Field<AlertFired>.Value("recommendations", "none: the hub gives no advice", (writer, _) =>
            {
                writer.WriteStartArray();
                writer.WriteEndArray();
            })),
        Alert<AlertFired>("alert_fired", "level", r => Words.Of(r.Level), "message", r => r.Message),
        Alert<AlertAcknowledged>("alert_acknowledged", "info", _ => Words.Of(AlertLevel.Info), "who has seen it", r => $"Seen by {r.AcknowledgedBy}: {r.Message}"),
        Alert<AlertResolved>("alert_resolved", "info", _ => Words.Of(AlertLevel.Info), "reason", r => $"Over: {r.Reason}"),
        new MessageMap<ModuleStatusChanged>(
            "module_status_changed", "module_status_changed",
            Field<ModuleStatusChanged>.Text("module", "module", r => r.Module),
            Field<ModuleStatusChanged>.Text("old_status", "old_status", r => Words.Of(r.OldStatus)),
            Field<ModuleStatusChanged>.Text("new_status", "new_status", r => Words.Of(r.NewStatus)),
            Field<ModuleStatusChanged>.Text("reason", "reason", r => r.Reason),
            Field<ModuleStatusChanged>.Value("affected_functions", "affected", (writer, r) =>
            {
                writer.WriteStartArray();
                foreach (var function in r.Affected) writer.WriteStringValue(function);
                writer.WriteEndArray();
            })),
    ];

    private static MessageMap<T> Alert<T>(string kind, string levelFrom, Func<T, string> level, string messageFrom, Func<T, string> message)
        where T : AlertRecord => new(
        "system_alert", kind,
        Field<T>.Text("level", levelFrom, level),
        Field<T>.Text("title", "title", r => r.Title),
        Field<T>.Text("message", messageFrom, message),
        Field<T>.Group(
            "details",
            Field<T>.Text("alert_id", "alert", r => r.Alert),
            Field<T>.Text("state", "state", r => r.State.ToString().ToLowerInvariant()),
            Field<T>.Text("rule", "rule", r => r.Rule),
            Field<T>.Text("resource", "resource", r => r.Resource),
            Field<T>.Text("module", "module", r => r.Module),
            Field<T>.Text("metric", "metric", r => r.Metric),
            Field<T>.Number("value", "value", r => Math.Round(r.Value, 2)),
            Field<T>.Number("threshold", "threshold", r => r.Threshold),
            Field<T>.Text("unit", "unit", r => r.Unit)));
}
