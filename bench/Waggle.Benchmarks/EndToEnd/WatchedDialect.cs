using System.Text;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>A dialect as <c>dialects</c> watches it.</summary>
/// <param name="Hello">The first message of its clients; null for none.</param>
/// <param name="Ready">A message that comes only when the subscription is in force.</param>
/// <param name="Kind">The text before a message's name.</param>
/// <param name="Time">The text before the time of a message's record, which is text of ISO 8601 or a number of milliseconds since 1970.</param>
/// <param name="PerTask">The messages about a task that completes without an incident, and the number of each.</param>
internal sealed record WatchedDialect(string Name, string Path, string? Hello, string Ready, string Kind, string Time, params (string Kind, int Count)[] PerTask)
{
    private const string Type = "\"type\":\"";
    private const string Timestamp = "\"timestamp\":";

    public static IReadOnlyList<WatchedDialect> All { get; } =
    [
        new(
            "waggle.v1", "/ws/waggle", """[{"type":"hello","protocols":["waggle.v1"]},{"type":"subscribe","id":"s","topics":["task.#"]}]""", "\"subscription\"", "\"kind\":\"", "\"at\":",
            ("task_created", 1), ("task_assigned", 1), ("task_completed", 1)),
        new(
            "orchestrator-hub", "/ws/orchestrator-hub", null, "\"hive_status\"", Type, Timestamp,
            ("task_created", 1), ("task_assigned", 1), ("task_completed", 1), ("task_status_update", 2), ("agent_performance_updated", 1)),
        new("cloud-agents", "/ws/cloud-agents?token=bench", null, "\"user_presence\"", Type, Timestamp, ("agent_status", 1), ("notification", 1)),
        new(
            "claude-zen", "/ws/claude-zen", """{"type":"subscribe","id":"s","data":{"channels":["tasks"]}}""", "\"response\"", Type, Timestamp,
            ("task:created", 1), ("task:updated", 2), ("task:completed", 1)),
        new(
            "claude-flow",
            "/ws/claude-flow",
            """{"id":"s","type":"subscribe","version":"1.0.0","timestamp":1,"topics":["task.created","task.assigned","task.progress","task.completed"]}""",
            "\"messageId\":\"s\"",
            "\"topic\":\"",
            Timestamp,
            ("task.created", 1), ("task.assigned", 1), ("task.progress", 1), ("task.completed", 1)),
    ];

    public int MessagesPerTask { get; } = PerTask.Sum(p => p.Count);

    public byte[] ReadyMark { get; } = Encoding.UTF8.GetBytes(Ready);

    public byte[] KindMark { get; } = Encoding.UTF8.GetBytes(Kind);

    public byte[] TimeMark { get; } = Encoding.UTF8.GetBytes(Time);

    public byte[][] Kinds { get; } = [.. PerTask.Select(p => Encoding.UTF8.GetBytes(p.Kind))];
}
