using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Agents.Codex;

/// <summary>The lines of Codex (<c>exec --json</c>).</summary>
internal static class CodexLines
{
    public static IReadOnlyList<AgentFact> Read(string line, AgentStart start)
    {
        if (!Json.TryParse(line, out var document)) return [new LogFact(line)];
        using (document)
        {
            var root = document.RootElement;
            return root.Text("type") switch
            {
                "thread.started" when root.Text("thread_id") is { } thread => [new SessionFact(thread)],
                "turn.started" or "item.started" or "item.updated" => [],
                "item.completed" => [.. Item(root.At("item"), line, start)],
                "turn.completed" => [new UsageFact(UsageScope.Session, UsageOf(root.At("usage"), start)), new EndFact(Text: null)],
                // Codex asks its server again after most errors. Only turn.failed ends the run.
                "error" => [new LogFact(root.Text("message") ?? line, AgentLogLevel.Warn)],
                "turn.failed" => [.. CodexFailure.Read(root.Text("error", "message") ?? line)],
                _ => [new LogFact(line)],
            };
        }
    }

    private static IEnumerable<AgentFact> Item(JsonElement item, string line, AgentStart start)
    {
        switch (item.Text("type"))
        {
            case "agent_message":
                yield return new LogFact(item.Text("text") ?? "", IsAnswer: true);
                break;
            case "reasoning":
                yield return new LogFact(item.Text("text") ?? "", AgentLogLevel.Debug);
                break;
            case "command_execution":
                yield return new LogFact($"$ {item.Text("command")} ({item.Text("status")})\n{item.Text("aggregated_output")}".TrimEnd());
                if (IsDenied(item, start)) yield return new DenialFact("command", item.Text("id") ?? line, item.Text("command"));
                break;
            // A warning of Codex itself, such as one about its settings. The run goes on.
            case "error":
                yield return new LogFact(item.Text("message") ?? line, AgentLogLevel.Warn);
                break;
            default:
                yield return new LogFact(line);
                if (item.Text("status") == "declined") yield return new DenialFact(item.Text("type") ?? "a tool", item.Text("id") ?? line);
                break;
        }
    }

    // The sandbox denies by the file system, so a write that it stopped is a failed command and nothing else.
    private static bool IsDenied(JsonElement item, AgentStart start) => item.Text("status") switch
    {
        "declined" => true,
        "failed" => start.Rights != AgentRights.Full && item.Text("aggregated_output") is { } output
            && (output.Contains("Read-only file system", StringComparison.Ordinal) || output.Contains("Operation not permitted", StringComparison.Ordinal)),
        _ => false,
    };

    private static Usage UsageOf(JsonElement usage, AgentStart start) => new()
    {
        Model = start.Model,
        InputTokens = usage.Count("input_tokens"),
        CachedTokens = usage.Count("cached_input_tokens"),
        OutputTokens = usage.Count("output_tokens"),
        ReasoningTokens = usage.Count("reasoning_output_tokens"),
    };
}
