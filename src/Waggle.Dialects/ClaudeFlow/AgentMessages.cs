using System.Text.Json;
using Waggle.Core.Messaging;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// Messages between agents: what a client publishes to <c>agent.ID.message</c>. With <c>content</c> it is a message to that agent, with <c>acknowledged</c> the
/// confirmation of that agent's own messages. The original has neither.
/// </summary>
internal static class AgentMessages
{
    public static Intent Read(Publication published)
    {
        var data = published.Data;
        if (data.Find("acknowledged") is var (ids, name)) return Acknowledge(published, ids, name);
        if (!data.Json.TryGetProperty("content", out var content) || content.ValueKind == JsonValueKind.Null)
            throw PayloadReader.Invalid("data.content is missing: any JSON but null, for the agent; or data.acknowledged: the ids of messages.");
        return new CommandIntent(published.Call, new SendMessage(
            published.Id, null, RawJson.From(content), Ttl: SendMessage.After(data.Whole("ttlMs")), IdempotencyKey: data.Text("idempotencyKey"))
        {
            By = published.By,
        });
    }

    private static Intent Acknowledge(Publication published, JsonElement ids, string name)
    {
        published.RequireSame("agentId");
        if (ids.ValueKind != JsonValueKind.Array || ids.EnumerateArray().Any(id => id.ValueKind != JsonValueKind.String))
            throw PayloadReader.Wrong(name, "an array of texts", ids);
        string[] messages = [.. ids.EnumerateArray().Select(id => id.GetString()!)];
        return AgentBinding.As(
            published, published.Id, swarm: null, by => new CommandIntent(published.Call, new AcknowledgeMessages(messages) { By = by }), keepsSwarm: true);
    }
}
