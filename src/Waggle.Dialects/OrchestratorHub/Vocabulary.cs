using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The names of the dialect: those of the document, which events use, and those of its code and dashboard, which snapshots use.</summary>
internal static class Vocabulary
{
    /// <summary>The states of a task: the hub's, the document's, the code's.</summary>
    public static IReadOnlyList<(TaskState State, string Word, string Code)> Tasks { get; } =
    [
        (TaskState.Blocked, "pending", "Pending"),
        (TaskState.Pending, "pending", "Pending"),
        (TaskState.Assigned, "pending", "Assigned"),
        (TaskState.Running, "running", "InProgress"),
        (TaskState.Verifying, "running", "InProgress"),
        (TaskState.InputRequired, "running", "InProgress"),
        (TaskState.RetryWait, "pending", "Pending"),
        (TaskState.Cancelling, "running", "InProgress"),
        (TaskState.Completed, "completed", "Completed"),
        (TaskState.Failed, "failed", "Failed"),
        (TaskState.Cancelled, "cancelled", "Cancelled"),
        (TaskState.Expired, "failed", "Failed"),
        (TaskState.Rejected, "failed", "Failed"),
    ];

    /// <summary>The states of an agent: the hub's, whether it holds a task, the document's, the code's.</summary>
    public static IReadOnlyList<(AgentStatus Status, bool AtWork, string Word, string Code)> Agents { get; } =
    [
        (AgentStatus.Online, false, "idle", "Idle"),
        (AgentStatus.Online, true, "active", "Working"),
        (AgentStatus.Draining, false, "paused", "Idle"),
        (AgentStatus.Draining, true, "paused", "Working"),
        (AgentStatus.Offline, false, "inactive", "Inactive"),
        (AgentStatus.Offline, true, "inactive", "Inactive"),
        (AgentStatus.Removed, false, "inactive", "Inactive"),
        (AgentStatus.Removed, true, "inactive", "Inactive"),
        (AgentStatus.Unknown, false, "inactive", "Inactive"),
        (AgentStatus.Unknown, true, "inactive", "Inactive"),
    ];

    /// <summary>The priorities: the hub's, the word, the document's number, the dashboard's number (1 to 10).</summary>
    public static IReadOnlyList<(int Priority, string Word, int Number, int Dashboard)> Priorities { get; } =
    [
        (1, "critical", 4, 9),
        (2, "high", 3, 7),
        (3, "medium", 2, 5),
        (4, "low", 1, 3),
        (5, "low", 1, 1),
    ];

    /// <summary>The types of agents. The text after a colon (specialist:data) is kept.</summary>
    public static IReadOnlyList<(string Word, string Code)> AgentTypes { get; } =
        [("worker", "Worker"), ("coordinator", "Coordinator"), ("specialist", "Specialist"), ("learner", "Learner")];

    // The rows are in the order of their enumerations.
    public static string Of(TaskState state) => Tasks[(int)state].Word;

    public static string CodeOf(TaskState state) => Tasks[(int)state].Code;

    public static string Of(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    public static string Of(AlertLevel level) => level switch
    {
        AlertLevel.Critical => "critical",
        AlertLevel.Warning => "warning",
        _ => "info",
    };

    public static string? Of(AlertTrend? trend) => trend switch
    {
        AlertTrend.Rising => "increasing",
        AlertTrend.Falling => "decreasing",
        AlertTrend.Steady => "stable",
        _ => null,
    };

    public static string Of(AgentStatus status, int holding) => Row(status, holding).Word;

    public static string CodeOf(AgentStatus status, int holding) => Row(status, holding).Code;

    public static int NumberOf(int priority) => Priorities[priority - 1].Number;

    public static int DashboardOf(int priority) => Priorities[priority - 1].Dashboard;

    /// <summary>Returns an agent's type in events; the type of an agent from another dialect stays unchanged.</summary>
    public static string? TypeOf(string? type) => type?.Split(':')[0];

    public static string? TypeCodeOf(string? type) => AgentTypes.FirstOrDefault(t => t.Word == TypeOf(type)).Code ?? type;

    /// <summary>Returns a type of this dialect, in any case; null for another one.</summary>
    public static string? ReadType(string text)
    {
        var parts = text.Trim().ToLowerInvariant().Split(':', 2);
        return AgentTypes.Any(t => t.Word == parts[0]) ? string.Join(':', parts) : null;
    }

    public static int? ReadPriority(string word) =>
        Priorities.FirstOrDefault(p => string.Equals(p.Word, word, StringComparison.OrdinalIgnoreCase)) is { Priority: > 0 } row ? row.Priority : null;

    /// <param name="dashboard">Whether the number is 1 to 10, where more is more urgent; otherwise it is the document's 1 to 4.</param>
    public static int? ReadPriority(double number, bool dashboard) => (dashboard, number) switch
    {
        (_, < 1 or > 10) => null,
        (true, >= 8) => 1,
        (true, >= 6) => 2,
        (true, >= 4) => 3,
        (true, _) => 4,
        (false, >= 4) => 1,
        (false, >= 3) => 2,
        (false, >= 2) => 3,
        _ => 4,
    };

    private static (AgentStatus, bool, string Word, string Code) Row(AgentStatus status, int holding) => Agents[((int)status * 2) + (holding > 0 ? 1 : 0)];
}
