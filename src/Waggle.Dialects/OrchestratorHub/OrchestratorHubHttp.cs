using System.Text.Json;
using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Insight;
using Waggle.Core.Tasks;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>
/// Its HTTP, as far as the document and its dashboard use it. Answers have two levels: the fields at the top, as the code gives them, and the same within
/// <c>data</c>, as the document does.
/// </summary>
internal static partial class OrchestratorHubHttp
{
    private const string NoPasswords =
        "This hub keeps no passwords: in development mode nobody is asked; else 'waggle token create' gives a token, for ?token= or 'Authorization: Bearer'.";

    private static readonly IReadOnlyList<DialectRoute> There =
    [
        new("GET", "/", RootAsync) { Open = true },
        new("GET", "/health", HealthAsync) { Open = true },
        new("GET", "/api/health", HealthAsync) { Open = true },
        new("GET", "/api/agents", AgentList.AnswerAsync),
        new("POST", "/api/agents", CreateAgentAsync),
        new("GET", "/api/agents/{id}", AgentAsync),
        new("DELETE", "/api/agents/{id}", RemoveAgentAsync),
        new("GET", "/api/tasks", TaskListing.AnswerAsync),
        new("POST", "/api/tasks", CreateTaskAsync),
        new("GET", "/api/tasks/{id}", TaskAsync),
        new("DELETE", "/api/tasks/{id}", CancelTaskAsync),
        new("POST", "/api/tasks/{id}/retry", RetryTaskAsync),
        new("GET", "/api/hive/status", StatusAsync),
        new("GET", "/api/resources", ResourcesAsync),
        new("POST", "/api/agents/{id}/pause", PauseAgentAsync),
        new("POST", "/api/agents/{id}/resume", ResumeAgentAsync),
        new("GET", "/api/agents/{id}/tasks", AgentTasksAsync),
        new("GET", "/api/agents/{id}/performance", PerformanceAsync),
        new("POST", "/api/agents/bulk/create", CreateAgentsAsync),
        new("POST", "/api/agents/bulk/delete", RemoveAgentsAsync),
        new("POST", "/api/tasks/bulk/create", CreateTasksAsync),
        new("POST", "/api/tasks/bulk/cancel", CancelTasksAsync),
        new("GET", "/api/modules/status", ModulesAsync),
        new("GET", "/api/modules/{module}/health", ModuleHealthAsync),
        new("GET", "/api/modules/{module}/metrics", ModuleMetricsAsync),
        new("GET", "/api/auth/me", WhoAsync),
    ];

    /// <summary>What the document has and this hub cannot do, with the reason that its callers are told.</summary>
    internal static IReadOnlyList<(string Method, string Pattern, string Reason)> NotHere { get; } =
    [
        ("POST", "/api/auth/login", NoPasswords),
        ("POST", "/api/auth/logout", NoPasswords),
        ("POST", "/api/auth/refresh", NoPasswords),
        ("PUT", "/api/agents/{id}", "What an agent is and can do says its worker's hello; nobody else changes it."),
        ("POST", "/api/agents/{id}/learn", "This hub has no learning engine."),
        ("PUT", "/api/tasks/{id}", "A task stays as it was created: cancel it, and create another."),
        ("GET", "/api/tasks/{id}/logs", "The hub's own REST has a task's last lines: /api/v1/tasks/TASK/logs on its own port."),
        ("GET", "/api/tasks/analytics", "Nothing is summed up by type, agent or hour; the hub's own port has counters at /metrics."),
        ("GET", "/metrics", "The hub's own port has its figures, in Prometheus' text form, at /metrics; those of the machine are at /api/resources."),
        ("GET", "/metrics/export/{format}", "The hub's own port has its figures, in Prometheus' text form, at /metrics."),
        ("GET", "/metrics/history", "The hub keeps no figures of before: let Prometheus read /metrics of its own port."),
        ("GET", "/metrics/alerts", "The hub's own REST has the alerts: /api/v1/alerts on its own port."),
        ("POST", "/metrics/alerts", "Rules are settings of the hub: 'alert' in its file, or --alert."),
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

    private static async Task<DialectReply> CreateAgentAsync(DialectRequest request)
    {
        var agent = await request.AskAsync(Requests.CreateAgent(BodyOf(request), request.By));
        return Reply(201, request, writer =>
        {
            Replies.WriteAgentCreated(writer, agent);
            writer.WriteString("message"u8, "The agent is registered; it is inactive until its worker connects."u8);
        });
    }

    private static async Task<DialectReply> CreateTaskAsync(DialectRequest request)
    {
        var command = Requests.CreateTask(BodyOf(request), request.By, dashboard: false);
        var created = (await request.AskAsync(command)).Tasks[0];
        return Reply(201, request, writer =>
        {
            Replies.WriteTaskCreated(writer, created, command.Specs[0]);
            writer.WriteString("message"u8, "The task is stored and waits for an agent."u8);
        });
    }

    private static async Task<DialectReply> AgentAsync(DialectRequest request)
    {
        var agent = await request.AskAsync(new ShowAgent(request.Route("id")) { By = request.By });
        return Reply(200, request, writer =>
        {
            writer.WritePropertyName("agent"u8);
            JsonShapes.WriteAgent(writer, agent, 0);
        });
    }

    private static async Task<DialectReply> RemoveAgentAsync(DialectRequest request)
    {
        var agent = await request.AskAsync(new RemoveAgent(request.Route("id"), request.Query("reason")) { By = request.By });
        return Reply(200, request, writer => writer.WriteString("agent_id"u8, agent.Id));
    }

    private static async Task<DialectReply> TaskAsync(DialectRequest request) =>
        TaskReply(request, await request.QueryAsync(new TaskDetails(request.Route("id")) { By = request.By }));

    private static async Task<DialectReply> CancelTaskAsync(DialectRequest request)
    {
        var done = await request.AskAsync(new CancelTask(request.Route("id"), request.Query("reason"), Force: false) { By = request.By });
        return Reply(200, request, writer =>
        {
            writer.WriteString("task_id"u8, done.Task);
            writer.WriteString("status"u8, Vocabulary.Of(done.State));
            writer.WriteBoolean("cancel_requested"u8, done.CancelRequested);
        });
    }

    private static async Task<DialectReply> RetryTaskAsync(DialectRequest request)
    {
        var created = await request.AskAsync(new RetryTask(request.Route("id")) { By = request.By });
        return Reply(201, request, writer =>
        {
            writer.WriteString("task_id"u8, created.Id);
            writer.WriteString("retry_of"u8, request.Route("id"));
            writer.WriteString("status"u8, Vocabulary.Of(created.State));
        });
    }

    private static async Task<DialectReply> StatusAsync(DialectRequest request)
    {
        var overview = await OverviewAsync(request);
        return Reply(200, request, writer => Snapshots.HiveStatus.Write(writer, overview, Replies.NoRecord));
    }

    private static async Task<DialectReply> HealthAsync(DialectRequest request)
    {
        var answers = request.Hive.Store.TakesCreations;
        await Task.CompletedTask;
        return Reply(answers ? 200 : 503, request, writer =>
        {
            writer.WriteString("status"u8, answers ? "healthy"u8 : "unhealthy"u8);
            writer.WriteString("version"u8, request.Hub);
            writer.WriteNumber("uptime_seconds"u8, (long)request.Uptime.TotalSeconds);
        });
    }

    private static Task<DialectReply> RootAsync(DialectRequest request) => Task.FromResult(Reply(200, request, writer =>
    {
        writer.WriteString("name"u8, request.Hub);
        writer.WriteString("websocket"u8, "/ws"u8);
        writer.WriteStartArray("endpoints"u8);
        foreach (var route in There) writer.WriteStringValue($"{route.Method} {route.Pattern}");
        writer.WriteEndArray();
    }));

    // As the hub measured it last; what it could not measure is null.
    private static async Task<DialectReply> ResourcesAsync(DialectRequest request)
    {
        var system = await SystemAsync(request);
        return Reply(200, request, writer =>
        {
            writer.WriteStartObject("system_resources"u8);
            writer.WriteNumber("cpu_cores"u8, system.Host.CpuCores);
            Number(writer, "available_memory"u8, system.Host.MemoryAvailableBytes);
            Number(writer, "cpu_usage"u8, system.Host.CpuPercent);
            Number(writer, "memory_usage"u8, system.Host.MemoryUsedPercent);
            writer.WriteNull("simd_capabilities"u8);
            writer.WritePropertyName("last_updated"u8);
            IsoTime.Write(writer, system.At);
            writer.WriteEndObject();
            writer.WriteNull("resource_profile"u8);
            writer.WriteNull("hardware_class"u8);
        });
    }

    private static void Number(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number) writer.WriteNumber(name, Math.Round(number, 1));
        else writer.WriteNull(name);
    }

    private static DialectReply TaskReply(DialectRequest request, TaskView task) => Reply(200, request, writer =>
    {
        writer.WritePropertyName("task"u8);
        JsonShapes.WriteTask(writer, task);
        if (task.Result.IsNull) return;
        writer.WritePropertyName("result"u8);
        writer.WriteRawValue(task.Result.Utf8.Span, skipInputValidation: true);
    });

    private static Task<HiveOverview> OverviewAsync(DialectRequest request) => request.QueryAsync(new GetOverview { By = request.By });

    private static PayloadReader BodyOf(DialectRequest request) => new(Requests.Parse(request.Body.Span), "");

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

    private static string CodeOf(string code) => code switch
    {
        ErrorCodes.InvalidRequest or ErrorCodes.MalformedMessage => "VALIDATION_ERROR",
        ErrorCodes.Internal => "INTERNAL_ERROR",
        ErrorCodes.StoreUnavailable or ErrorCodes.StoreFull => "SERVICE_UNAVAILABLE",
        _ => code,
    };
}
