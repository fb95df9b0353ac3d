using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>
/// The HTTP calls that the document and its dashboard use. Answers have two levels: the fields at the top, as in the code, and the same within <c>data</c>, as
/// in the document.
/// </summary>
internal static class OrchestratorHubHttp
{
    private const string NoPasswords =
        "This hub stores no passwords. In development mode it requires no token; " +
        "otherwise create one with 'waggle token create' and send it as ?token= or 'Authorization: Bearer'.";

    internal static readonly IReadOnlyList<DialectRoute> There =
    [
        new("GET", "/", HubCalls.RootAsync) { Open = true },
        new("GET", "/health", HubCalls.HealthAsync) { Open = true },
        new("GET", "/api/health", HubCalls.HealthAsync) { Open = true },
        new("GET", "/api/agents", AgentList.AnswerAsync),
        new("POST", "/api/agents", AgentCalls.CreateAgentAsync),
        new("GET", "/api/agents/{id}", AgentCalls.AgentAsync),
        new("DELETE", "/api/agents/{id}", AgentCalls.RemoveAgentAsync),
        new("GET", "/api/tasks", TaskListing.AnswerAsync),
        new("POST", "/api/tasks", TaskCalls.CreateTaskAsync),
        new("GET", "/api/tasks/{id}", TaskCalls.TaskAsync),
        new("DELETE", "/api/tasks/{id}", TaskCalls.CancelTaskAsync),
        new("POST", "/api/tasks/{id}/retry", TaskCalls.RetryTaskAsync),
        new("GET", "/api/hive/status", HubCalls.StatusAsync),
        new("GET", "/api/resources", HubCalls.ResourcesAsync),
        new("POST", "/api/agents/{id}/pause", AgentCalls.PauseAgentAsync),
        new("POST", "/api/agents/{id}/resume", AgentCalls.ResumeAgentAsync),
        new("GET", "/api/agents/{id}/tasks", AgentCalls.AgentTasksAsync),
        new("GET", "/api/agents/{id}/performance", AgentCalls.PerformanceAsync),
        new("POST", "/api/agents/bulk/create", BulkCalls.CreateAgentsAsync),
        new("POST", "/api/agents/bulk/delete", BulkCalls.RemoveAgentsAsync),
        new("POST", "/api/tasks/bulk/create", BulkCalls.CreateTasksAsync),
        new("POST", "/api/tasks/bulk/cancel", BulkCalls.CancelTasksAsync),
        new("GET", "/api/modules/status", ModuleCalls.ModulesAsync),
        new("GET", "/api/modules/{module}/health", ModuleCalls.ModuleHealthAsync),
        new("GET", "/api/modules/{module}/metrics", ModuleCalls.ModuleMetricsAsync),
        new("GET", "/api/auth/me", HubCalls.WhoAsync),
    ];

    /// <summary>The calls of the document that this hub does not support, with the reason for the answer.</summary>
    internal static IReadOnlyList<(string Method, string Pattern, string Reason)> NotHere { get; } =
    [
        ("POST", "/api/auth/login", NoPasswords),
        ("POST", "/api/auth/logout", NoPasswords),
        ("POST", "/api/auth/refresh", NoPasswords),
        ("PUT", "/api/agents/{id}", "An agent's worker declares its name, type and capabilities when it connects; no other client can change them."),
        ("POST", "/api/agents/{id}/learn", "This hub has no learning engine."),
        ("PUT", "/api/tasks/{id}", "The spec of a task cannot change: cancel the task, and create another."),
        ("GET", "/api/tasks/{id}/logs", "The hub's own REST API has the last lines of a task: /api/v1/tasks/TASK/logs on its own port."),
        ("GET", "/api/tasks/analytics", "The hub has no sums by type, agent or hour; its own port has counters at /metrics."),
        ("GET", "/metrics", "The hub's own port has its metrics, in Prometheus' text format, at /metrics; the machine's figures are at /api/resources."),
        ("GET", "/metrics/export/{format}", "The hub's own port has its metrics, in Prometheus' text format, at /metrics."),
        ("GET", "/metrics/history", "The hub keeps no past figures: let Prometheus read /metrics of its own port."),
        ("GET", "/metrics/alerts", "The hub's own REST API has the alerts: /api/v1/alerts on its own port."),
        ("POST", "/metrics/alerts", "Alert rules are settings of the hub: 'alert' in its file, or --alert."),
    ];

    public static IReadOnlyList<DialectRoute> Routes { get; } =
        [.. There, .. NotHere.Select(
            n => new DialectRoute(n.Method, n.Pattern, _ => throw new DialectException(new Error(ErrorCodes.NotAvailable, n.Reason))) { Open = true })];

    /// <summary>The document's envelope.</summary>
    public static DialectReply Fault(DialectFault fault) => DialectReply.Json(fault.Status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, false);
        writer.WriteNull("data"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("code"u8, CodeOf(fault.Error.Code));
        writer.WriteString("message"u8, fault.Error.Message);
        if (fault.Error.RetryAfterMs is { } wait) writer.WriteNumber("retry_after_ms"u8, wait);
        writer.WriteEndObject();
        writer.WriteString("details"u8, fault.Error.Message);
        writer.WritePropertyName("timestamp"u8);
        IsoTime.Write(writer, fault.Now);
        writer.WriteEndObject();
    });

    internal static PayloadReader BodyOf(DialectRequest request) => new(Requests.Parse(request.Body.Span), "");

    internal static DialectReply Reply(int status, DialectRequest request, Action<Utf8JsonWriter> fields) => DialectReply.Json(status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, true);
        writer.WriteStartObject("data"u8);
        fields(writer);
        writer.WriteEndObject();
        fields(writer);
        writer.WritePropertyName("timestamp"u8);
        IsoTime.Write(writer, request.Now);
        writer.WriteEndObject();
    });

    internal static string CodeOf(string code) => code switch
    {
        ErrorCodes.InvalidRequest or ErrorCodes.MalformedMessage => "VALIDATION_ERROR",
        ErrorCodes.Internal => "INTERNAL_ERROR",
        ErrorCodes.StoreUnavailable or ErrorCodes.StoreFull => "SERVICE_UNAVAILABLE",
        _ => code,
    };
}
