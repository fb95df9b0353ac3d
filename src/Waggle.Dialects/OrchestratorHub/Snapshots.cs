using System.Text.Json;
using Waggle.Core.Insight;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The snapshots of the whole hive: for each new client, and every 5 s for all.</summary>
internal static class Snapshots
{
    private const string Unknown = "unknown";

    private static readonly FieldMap<HiveOverview>[] MetricParts =
    [
        Field<HiveOverview>.Whole("total_agents", "agents", o => o.AgentCount),
        Field<HiveOverview>.Whole("active_agents", "agents_at_work", o => o.AgentsAtWork),
        Field<HiveOverview>.Value(
            "completed_tasks", "tasks_ended.completed, null for a token of some swarms", (writer, o) => WriteCount(writer, o.Ended?.Completed)),
        Field<HiveOverview>.Value(
            "failed_tasks", "tasks_ended: failed + expired + rejected, null for a token of some swarms", (writer, o) => WriteCount(writer, FailedOf(o))),
        Field<HiveOverview>.Value(
            "average_performance", "completed_tasks / (completed_tasks + failed_tasks), 0..1, null before the first", (writer, o) => WriteRate(writer, o)),
        Unmeasured("swarm_cohesion"),
        Unmeasured("learning_progress"),
    ];

    private static readonly FieldMap<HiveOverview>[] Drawn =
    [
        Field<HiveOverview>.Value("swarm_center", "[0, 0]: the middle of the drawing", (writer, _) => WriteCenter(writer)),
        Unmeasured("total_energy"),
    ];

    /// <summary>The first snapshot is for new clients; the others are periodic.</summary>
    public static MessageMap<HiveOverview> HiveStatus { get; } = new(
        "hive_status", "overview",
        [
            Field<HiveOverview>.Text("hive_id", "hive", o => o.Hive),
            Field<HiveOverview>.Value("agents", "agents by type", (writer, o) => WriteAgentCounts(writer, o)),
            Field<HiveOverview>.Value("tasks", "open tasks by status", (writer, o) => WriteTaskCounts(writer, o)),
            Field<HiveOverview>.Group("metrics", MetricParts),
            .. Drawn,
            Field<HiveOverview>.Time("last_update", "at", (o, _) => o.At),
        ]);

    public static IReadOnlyList<MessageMap<HiveOverview>> Updates { get; } =
    [
        new(
            "hive_status_update", "overview",
            Field<HiveOverview>.Text(
                "status", "system.status, unknown without a reading", o => o.System is { } system ? Vocabulary.Of(system.Status) : Unknown),
            Field<HiveOverview>.Group(
                "metrics",
                Field<HiveOverview>.Whole("total_agents", "agents", o => o.AgentCount),
                Field<HiveOverview>.Whole("active_agents", "agents_at_work", o => o.AgentsAtWork),
                Field<HiveOverview>.Whole("pending_tasks", "tasks: blocked + pending + assigned + retry_wait", o =>
                    o.Open(TaskState.Blocked, TaskState.Pending, TaskState.Assigned, TaskState.RetryWait)),
                Field<HiveOverview>.Whole("completed_tasks_today", "tasks_completed_today (UTC)", o => o.CompletedToday),
                Field<HiveOverview>.Number("system_load", "system.host.cpu_percent / 100", o => o.System?.Host.CpuPercent / 100)),
            Field<HiveOverview>.Value("alerts", "system.alerts: level, message, timestamp; null without a reading", (writer, o) => WriteAlerts(writer, o))),
        new(
            "agents_update", "overview",
            Field<HiveOverview>.Whole("total_agents", "agents", o => o.AgentCount),
            Field<HiveOverview>.Whole("active_agents", "agents_at_work", o => o.AgentsAtWork),
            Field<HiveOverview>.Value("agents", "the first 1,000 agents", (writer, o) => WriteAgents(writer, o))),
        new("metrics_update", "overview", [Field<HiveOverview>.Group("metrics", MetricParts), .. Drawn]),
        new("tasks_update", "overview", Field<HiveOverview>.Value("tasks", "the newest 100 tasks", (writer, o) => WriteTasks(writer, o))),
    ];

    public static void WriteAgents(Utf8JsonWriter writer, HiveOverview overview)
    {
        writer.WriteStartArray();
        for (var i = 0; i < overview.Agents.Count; i++) AgentObjects.Listed.Write(writer, new PlacedAgent(overview.Agents[i], i));
        writer.WriteEndArray();
    }

    public static void WriteTasks(Utf8JsonWriter writer, HiveOverview overview)
    {
        writer.WriteStartArray();
        foreach (var task in overview.Tasks) TaskObjects.Listed.Write(writer, task);
        writer.WriteEndArray();
    }

    // Dashboards read the field, so it is present and null.
    private static FieldMap<HiveOverview> Unmeasured(string name) =>
        Field<HiveOverview>.Value(name, "null: it is not measured", (writer, _) => writer.WriteNullValue());

    // Counts the states that the dialect calls failed.
    private static long? FailedOf(HiveOverview overview) => overview.Ended is { } ended ? ended.Failed + ended.Expired + ended.Rejected : null;

    private static void WriteCount(Utf8JsonWriter writer, long? count)
    {
        if (count is { } number) writer.WriteNumberValue(number);
        else writer.WriteNullValue();
    }

    private static void WriteRate(Utf8JsonWriter writer, HiveOverview overview)
    {
        if (overview.Ended is { } ended && JsonShapes.Share(ended.Completed, ended.Completed + FailedOf(overview)!.Value) is { } share) writer.WriteNumberValue(
            share);
        else writer.WriteNullValue();
    }

    private static void WriteAgentCounts(Utf8JsonWriter writer, HiveOverview overview)
    {
        writer.WriteStartObject();
        writer.WriteNumber("total_agents"u8, overview.AgentCount);
        writer.WriteNumber("active_agents"u8, overview.AgentsAtWork);
        writer.WriteNumber("connected_agents"u8, overview.AgentsHere);
        writer.WriteStartObject("agent_types"u8);
        foreach (var type in overview.Agents.Where(a => a.Type is not null)
            .GroupBy(a => Vocabulary.TypeOf(a.Type)!).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            writer.WriteNumber(type.Key, type.Count());
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTaskCounts(Utf8JsonWriter writer, HiveOverview overview)
    {
        writer.WriteStartObject();
        writer.WriteNumber("open_tasks"u8, overview.OpenTasks.Values.Sum());
        foreach (var word in overview.OpenTasks.GroupBy(p => Vocabulary.Of(p.Key)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            writer.WriteNumber(word.Key, word.Sum(p => p.Value));
        }

        writer.WriteEndObject();
    }

    private static void WriteCenter(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(0);
        writer.WriteNumberValue(0);
        writer.WriteEndArray();
    }

    private static void WriteAlerts(Utf8JsonWriter writer, HiveOverview overview)
    {
        if (overview.System is not { } system)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartArray();
        foreach (var alert in system.Alerts)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, alert.Id);
            writer.WriteString("level"u8, Vocabulary.Of(alert.Level));
            writer.WriteString("message"u8, alert.Message);
            writer.WritePropertyName("timestamp"u8);
            IsoTime.Write(writer, alert.FiredAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
