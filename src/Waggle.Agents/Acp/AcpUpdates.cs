using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Agents.Acp;

/// <summary>What an agent does during a turn (<c>session/update</c>).</summary>
internal static class AcpUpdates
{
    public static IReadOnlyList<AgentFact> Read(JsonElement update, string line) => update.Text("sessionUpdate") switch
    {
        "agent_message_chunk" when update.Text("content", "text") is { } text => [new AnswerPartFact(text)],
        "tool_call" => [new LogFact($"{update.Text("title") ?? "a tool"} ({update.Text("kind") ?? "other"})")],
        "tool_call_update" when update.Text("status") is "failed" =>
            [new LogFact($"{update.Text("title") ?? update.Text("toolCallId")} failed", AgentLogLevel.Warn)],
        // Its own thoughts and our words, in pieces of a word; tools whose end is like their start.
        "agent_thought_chunk" or "user_message_chunk" or "tool_call_update" or "available_commands_update" or "usage_update" => [],
        _ => [new LogFact(line)],
    };
}
