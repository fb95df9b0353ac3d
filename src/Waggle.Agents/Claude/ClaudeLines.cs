using System.Globalization;
using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Agents.Claude;

/// <summary>The lines of Claude Code (<c>--output-format stream-json --verbose</c>).</summary>
internal static class ClaudeLines
{
    private const int TooManyRequests = 429;

    // Thirty days. A longer delay is no delay that the agent keeps.
    private const long LongestDelayMs = 30L * 24 * 60 * 60 * 1000;

    // A time in seconds is smaller for thousands of years, and one in milliseconds greater since 1973.
    private const long MaxSeconds = 100_000_000_000;

    public static IReadOnlyList<AgentFact> Read(string line, AgentStart start)
    {
        if (!Json.TryParse(line, out var document)) return [new LogFact(line)];
        using (document)
        {
            var root = document.RootElement;
            return root.Text("type") switch
            {
                "system" => System(root, line),
                "assistant" => [.. Assistant(root)],
                "user" => [.. ToolResults(root)],
                "result" => [.. ClaudeResult.Read(root, start)],
                "control_request" => [Approval(root, line)],
                "rate_limit_event" => RateLimit(root),
                // The answers to our own lines, and signs of life.
                "control_response" or "keep_alive" => [],
                _ => [new LogFact(line)],
            };
        }
    }

    /// <summary>The line that gives the agent its task.</summary>
    public static string User(string prompt) => Json.Line(w =>
    {
        w.WriteString("type"u8, "user");
        w.WriteStartObject("message"u8);
        w.WriteString("role"u8, "user");
        w.WriteString("content"u8, prompt);
        w.WriteEndObject();
    });

    private static IReadOnlyList<AgentFact> System(JsonElement root, string line)
    {
        switch (root.Text("subtype"))
        {
            case "init" when root.Text("session_id") is { } session:
                return [new SessionFact(session, root.Text("model"))];
            case "permission_denied" when root.Text("tool_name") is { } tool:
                return [new DenialFact(tool, root.Text("tool_use_id") ?? tool, root.Text("message"))];
            case "api_retry":
                var delay = root.Count("retry_delay_ms") is { } ms and <= LongestDelayMs ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
                var why = $"{root.Text("error") ?? "error"} ({root.Count("error_status")?.ToString(CultureInfo.InvariantCulture) ?? "no answer"}), "
                    + $"attempt {root.Count("attempt")} of {root.Count("max_retries")}, the next one in {root.Count("retry_delay_ms")} ms";
                return root.Count("error_status") == TooManyRequests
                    ? [new RateLimitFact(why, delay)]
                    : [new LogFact($"The API is asked again: {why}", AgentLogLevel.Warn)];
            default:
                return [new LogFact(line)];
        }
    }

    private static IEnumerable<AgentFact> Assistant(JsonElement root)
    {
        var message = root.At("message");
        // A message of the program itself, about an error that its result repeats.
        var isReal = !root.Is("is_api_error_message") && message.Text("model") is not (null or "<synthetic>");
        if (isReal && message.Text("id") is { } id)
            yield return new UsageFact(UsageScope.Message, ClaudeUsage.OfMessage(message.Text("model"), message.At("usage")), id);
        foreach (var block in message.Items("content"))
        {
            if (block.Text("type") == "text" && block.Text("text") is { } text)
                yield return new LogFact(text, isReal ? null : AgentLogLevel.Warn, IsAnswer: isReal && root.Text("parent_tool_use_id") is null);
            else if (block.Text("type") == "tool_use")
                yield return new LogFact($"{block.Text("name")} {block.At("input")}");
        }
    }

    private static IEnumerable<AgentFact> ToolResults(JsonElement root)
    {
        foreach (var block in root.Items("message", "content"))
        {
            var parts = block.Items("content").Select(part => part.Text("text")).OfType<string>();
            var text = block.Text("content") ?? block.Text("text") ?? string.Join('\n', parts);
            if (text.Length > 0) yield return new LogFact(text, block.Is("is_error") ? AgentLogLevel.Warn : AgentLogLevel.Debug);
        }
    }

    private static AgentFact Approval(JsonElement root, string line)
    {
        var request = root.At("request");
        if (request.Text("subtype") != "can_use_tool" || root.Text("request_id") is not { } id) return new LogFact(line);
        var input = request.At("input");
        var tool = request.Text("tool_name") ?? "a tool";
        var question = $"May the agent use {tool}? {input}";
        return new ApprovalFact(id, question, Answer(id, w =>
        {
            w.WriteString("behavior"u8, "allow");
            w.WritePropertyName("updatedInput"u8);
            input.WriteTo(w);
        }), Answer(id, w =>
        {
            w.WriteString("behavior"u8, "deny");
            w.WriteString("message"u8, "The operator did not allow it.");
        }), new DenialFact(tool, request.Text("tool_use_id") ?? id, "The answer was no."));
    }

    private static string Answer(string id, Action<Utf8JsonWriter> decision) => Json.Line(w =>
    {
        w.WriteString("type"u8, "control_response");
        w.WriteStartObject("response"u8);
        w.WriteString("subtype"u8, "success");
        w.WriteString("request_id"u8, id);
        w.WriteStartObject("response"u8);
        decision(w);
        w.WriteEndObject();
        w.WriteEndObject();
    });

    // A subscription reports its limits with each answer; only a refusal stops the work.
    private static IReadOnlyList<AgentFact> RateLimit(JsonElement root)
    {
        var info = root.At("rate_limit_info");
        if (info.Text("status") != "rejected") return [];
        var until = info.Count("resetsAt") is { } at ? Time(at) : null;
        return [new RateLimitFact($"usage limit {info.Text("rateLimitType")}", Until: until)];
    }

    private static DateTimeOffset? Time(long at)
    {
        var milliseconds = at > MaxSeconds ? at : at * 1000;
        return milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }
}
