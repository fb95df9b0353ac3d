using Waggle.Core.Insight;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The messages with measurements of the hub and its machine.</summary>
internal static class InsightEvents
{
    public static IReadOnlyList<MessageMap> Rows { get; } =
    [
        new MessageMap<AlertFired>(
            "resource_alert", "alert_fired", "`unit` is percent", r => r.Unit == Gauge.Percent,
            Field<AlertFired>.Text("resource", "resource", r => r.Resource),
            Field<AlertFired>.Number("usage_percent", "value", r => Math.Round(r.Value, 1)),
            Field<AlertFired>.Number("threshold_percent", "threshold", r => r.Threshold),
            Field<AlertFired>.Text("trend", "trend: increasing, decreasing, stable", r => Vocabulary.Of(r.Trend)),
            Field<AlertFired>.Value("recommendations", "none: the hub gives no advice", (writer, _) =>
            {
                writer.WriteStartArray();
                writer.WriteEndArray();
            })),
        Alert<AlertFired>("alert_fired", "level", r => Vocabulary.Of(r.Level), "message", r => r.Message),
        Alert<AlertAcknowledged>(
            "alert_acknowledged", "info", _ => Vocabulary.Of(AlertLevel.Info), "the subject and the message", r => $"Seen by {r.AcknowledgedBy}: {r.Message}"),
        Alert<AlertResolved>("alert_resolved", "info", _ => Vocabulary.Of(AlertLevel.Info), "reason", r => $"Over: {r.Reason}"),
        new MessageMap<ModuleStatusChanged>(
            "module_status_changed", "module_status_changed",
            Field<ModuleStatusChanged>.Text("module", "module", r => r.Module),
            Field<ModuleStatusChanged>.Text("old_status", "old_status", r => Vocabulary.Of(r.OldStatus)),
            Field<ModuleStatusChanged>.Text("new_status", "new_status", r => Vocabulary.Of(r.NewStatus)),
            Field<ModuleStatusChanged>.Text("reason", "reason", r => r.Reason),
            Field<ModuleStatusChanged>.Value("affected_functions", "affected", (writer, r) =>
            {
                writer.WriteStartArray();
                foreach (var function in r.Affected) writer.WriteStringValue(function);
                writer.WriteEndArray();
            })),
        new MessageMap<SystemMeasured>(
            "inter_module_message", "system_metrics", "asked for with `?inter_module_message=true`", null,
            Field<SystemMeasured>.Text("from_module", "insight: what measures", _ => "insight"),
            Field<SystemMeasured>.Text("to_module", "owner_loop, which it hands the reading to", _ => Modules.OwnerLoop),
            Field<SystemMeasured>.Text("message_type", "ReportSystem", _ => nameof(ReportSystem)),
            Field<SystemMeasured>.Group(
                "payload",
                Field<SystemMeasured>.Text("status", "status", r => Vocabulary.Of(r.Status)),
                Field<SystemMeasured>.Whole("interval_ms", "interval_ms", r => r.IntervalMs),
                Field<SystemMeasured>.Number("loop_ms", "hub.loop_ms", r => r.Hub.LoopMs),
                Field<SystemMeasured>.Number("commit_ms", "hub.commit_ms", r => r.Hub.CommitMs),
                Field<SystemMeasured>.Whole("inbox_depth", "hub.inbox_depth", r => r.Hub.InboxDepth),
                Field<SystemMeasured>.Whole("delivery_backlog", "hub.delivery_backlog", r => r.Hub.DeliveryBacklog),
                Field<SystemMeasured>.Whole("outbox_messages", "hub.outbox_messages", r => r.Hub.OutboxMessages))),
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
