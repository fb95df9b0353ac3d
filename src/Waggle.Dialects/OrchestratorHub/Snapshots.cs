using System.Text.Json;
using Waggle.Core.Hives;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>What is told of the whole hive: to each who comes, and every 5 s to all.</summary>
internal static class Snapshots
{
    private static readonly FieldMap<HiveOverview>[] MetricParts =
    [
        Field<HiveOverview>.Whole("total_agents", "agents", o => o.AgentCount),
        Field<HiveOverview>.Whole("active_agents", "agents_at_work", o => o.AgentsAtWork),
        Field<HiveOverview>.Whole("completed_tasks", "attempts_completed", o => o.Completed),
        Field<HiveOverview>.Whole("failed_tasks", "attempts_failed + attempts_lost", o => o.Failed + o.Lost),
        Field<HiveOverview>.Value("average_performance", "attempts: completed / all, 0..1, null before the first", (writer, o) => WriteRate(writer, o)),
        Field<HiveOverview>.Value("swarm_cohesion", "null: nobody measures it", (writer, _) => writer.WriteNullValue()),
        Field<HiveOverview>.Value("learning_progress", "null: nobody measures it", (writer, _) => writer.WriteNullValue()),
    ];

    private static readonly FieldMap<HiveOverview>[] Drawn =
    [
        Field<HiveOverview>.Value("swarm_center", "[0, 0]: the middle of the drawing", (writer, _) => WriteCenter(writer)),
        Field<HiveOverview>.Number("total_energy", "free credit of the agents in percent, summed", o => Math.Round(o.Agents.Sum(Shapes.EnergyOf), 1)),
    ];

    /// <summary>The first is for those who come; the others for all, each time.</summary>
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
            Field<HiveOverview>.Text("status", "system.status, else healthy: the hive and its store answered", o => Words.Of(o.System?.Status ?? HealthStatus.Healthy)),
            Field<HiveOverview>.Group(
                "metrics",
                Field<HiveOverview>.Whole("total_agents", "agents", o => o.AgentCount),
                Field<HiveOverview>.Whole("active_agents", "agents_at_work", o => o.AgentsAtWork),
                Field<HiveOverview>.Whole("pending_tasks", "tasks: blocked + pending + assigned + retry_wait", o => o.Open(TaskState.Blocked, TaskState.Pending, TaskState.Assigned, TaskState.RetryWait)),
                Field<HiveOverview>.Whole("completed_tasks_today", "tasks_completed_today (UTC)", o => o.CompletedToday),
                Field<HiveOverview>.Number("system_load", "system.host.cpu_percent / 100", o => o.System?.Host.CpuPercent / 100)),
            Field<HiveOverview>.Value("alerts", "system.alerts: level, message, timestamp", (writer, o) => WriteAlerts(writer, o))),
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
        var sizes = overview.Swarms.ToDictionary(s => s.Id, s => s.Agents, StringComparer.Ordinal);
        writer.WriteStartArray();
        for (var i = 0; i < overview.Agents.Count; i++)
        {
            var agent = overview.Agents[i];
            Shapes.WriteAgent(writer, agent, i, sizes.GetValueOrDefault(agent.Swarm, 1));
        }

        writer.WriteEndArray();
    }

    public static void WriteTasks(Utf8JsonWriter writer, HiveOverview overview)
    {
        writer.WriteStartArray();
        foreach (var task in overview.Tasks) Shapes.WriteTask(writer, task);
        writer.WriteEndArray();
    }

    private static void WriteRate(Utf8JsonWriter writer, HiveOverview overview)
    {
        var all = overview.Completed + overview.Failed + overview.Lost;
        if (all == 0) writer.WriteNullValue();
        else writer.WriteNumberValue(Math.Round((double)overview.Completed / all, 4));
    }

    private static void WriteAgentCounts(Utf8JsonWriter writer, HiveOverview overview)
    {
        writer.WriteStartObject();
        writer.WriteNumber("total_agents"u8, overview.AgentCount);
        writer.WriteNumber("active_agents"u8, overview.AgentsAtWork);
        writer.WriteNumber("connected_agents"u8, overview.AgentsHere);
        writer.WriteStartObject("agent_types"u8);
        foreach (var type in overview.Agents.Where(a => a.Type is not null).GroupBy(a => Words.TypeOf(a.Type)!).OrderBy(g => g.Key, StringComparer.Ordinal)) writer.WriteNumber(type.Key, type.Count());
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTaskCounts(Utf8JsonWriter writer, HiveOverview overview)
    {
        writer.WriteStartObject();
        writer.WriteNumber("open_tasks"u8, overview.OpenTasks.Values.Sum());
        foreach (var word in overview.OpenTasks.GroupBy(p => Words.Of(p.Key)).OrderBy(g => g.Key, StringComparer.Ordinal)) writer.WriteNumber(word.Key, word.Sum(p => p.Value));
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
        writer.WriteStartArray();
        foreach (var alert in overview.System?.Alerts ?? [])
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, alert.Id);
            writer.WriteString("level"u8, Words.Of(alert.Level));
            writer.WriteString("message"u8, alert.Message);
            writer.WritePropertyName("timestamp"u8);
            IsoTime.Write(writer, alert.FiredAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
