using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Agents.Acp;

/// <summary>
/// The lines of the Agent Client Protocol: JSON-RPC. Our requests have fixed ids in a fixed order (initialize, session, prompt), so a reply alone says what
/// follows.
/// </summary>
internal static class AcpLines
{
    /// <summary>The beginning of the failure of a session that cannot be loaded.</summary>
    public const string LoadFailed = "The session could not be loaded";

    private const int InitializeId = 1;
    private const int SessionId = 2;
    private const int PromptId = 3;
    private const int MethodNotFound = -32601;

    /// <summary>The first line. The agent uses files and terminals itself, not through the client.</summary>
    public static string Initialize { get; } = Request(InitializeId, "initialize", w =>
    {
        w.WriteNumber("protocolVersion"u8, 1);
        w.WriteStartObject("clientCapabilities"u8);
        w.WriteStartObject("fs"u8);
        w.WriteBoolean("readTextFile"u8, false);
        w.WriteBoolean("writeTextFile"u8, false);
        w.WriteEndObject();
        w.WriteBoolean("terminal"u8, false);
        w.WriteEndObject();
    });

    public static IReadOnlyList<AgentFact> Read(string line, AgentStart start)
    {
        if (!Json.TryParse(line, out var document)) return [new LogFact(line)];
        using (document)
        {
            var root = document.RootElement;
            return root.Text("method") switch
            {
                "session/update" => AcpUpdates.Read(root.At("params", "update"), line),
                "session/request_permission" => AcpPermission.Read(root, line, start),
                { } other when root.At("id").ValueKind != JsonValueKind.Undefined => [new ReplyFact(Refusal(root.At("id"), other))],
                null => Reply(root, line, start),
                _ => [new LogFact(line)],
            };
        }
    }

    private static IReadOnlyList<AgentFact> Reply(JsonElement root, string line, AgentStart start)
    {
        var id = root.Count("id");
        if (root.At("error").ValueKind == JsonValueKind.Object)
        {
            var message = root.Text("error", "message") ?? line;
            return id switch
            {
                SessionId when start.Resumes => [new EndFact(null, "SESSION_LOST", $"{LoadFailed}: {message}")],
                InitializeId or SessionId or PromptId => [new EndFact(null, "AGENT_ERROR", message)],
                _ => [new LogFact(line, AgentLogLevel.Warn)],
            };
        }

        return id switch
        {
            InitializeId => Initialized(root.At("result"), start),
            SessionId when (root.Text("result", "sessionId") ?? (start.Resumes ? start.Session : null)) is { } session =>
                [new SessionFact(session), new ReplyFact(Prompt(session, start.Prompt))],
            PromptId => [End(root.Text("result", "stopReason"))],
            _ => [new LogFact(line)],
        };
    }

    private static IReadOnlyList<AgentFact> Initialized(JsonElement result, AgentStart start)
    {
        if (result.Count("protocolVersion") is var version && version != 1)
            return [new EndFact(null, "PROTOCOL", $"The agent speaks version {version} of the Agent Client Protocol, the worker version 1.", Retryable: false)];
        if (!start.Resumes) return [new ReplyFact(Session("session/new", null, start.Folder))];
        return result.Is("agentCapabilities", "loadSession")
            ? [new ReplyFact(Session("session/load", start.Session, start.Folder))]
            : [new EndFact(null, "SESSION_LOST", $"{LoadFailed}: the agent keeps none.")];
    }

    private static EndFact End(string? reason) => reason switch
    {
        "end_turn" => new EndFact(Text: null),
        "max_tokens" or "max_turn_requests" => new EndFact(null, reason.ToUpperInvariant(), $"The agent stopped: {reason}."),
        "refusal" => new EndFact(null, "REFUSAL", "The model refused the task.", Retryable: false),
        _ => new EndFact(null, "AGENT_ERROR", $"The agent stopped: {reason ?? "no reason"}."),
    };

    private static string Session(string method, string? session, string folder) => Request(SessionId, method, w =>
    {
        if (session is not null) w.WriteString("sessionId"u8, session);
        w.WriteString("cwd"u8, folder);
        w.WriteStartArray("mcpServers"u8);
        w.WriteEndArray();
    });

    private static string Prompt(string session, string prompt) => Request(PromptId, "session/prompt", w =>
    {
        w.WriteString("sessionId"u8, session);
        w.WriteStartArray("prompt"u8);
        w.WriteStartObject();
        w.WriteString("type"u8, "text");
        w.WriteString("text"u8, prompt);
        w.WriteEndObject();
        w.WriteEndArray();
    });

    private static string Request(int id, string method, Action<Utf8JsonWriter> parameters) => Json.Line(w =>
    {
        w.WriteString("jsonrpc"u8, "2.0");
        w.WriteNumber("id"u8, id);
        w.WriteString("method"u8, method);
        w.WriteStartObject("params"u8);
        parameters(w);
        w.WriteEndObject();
    });

    private static string Refusal(JsonElement id, string method) => Json.Line(w =>
    {
        w.WriteString("jsonrpc"u8, "2.0");
        w.WritePropertyName("id"u8);
        id.WriteTo(w);
        w.WriteStartObject("error"u8);
        w.WriteNumber("code"u8, MethodNotFound);
        w.WriteString("message"u8, $"The worker has no method {method}.");
        w.WriteEndObject();
    });
}
