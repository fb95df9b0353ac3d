using System.Text.Json;
using Waggle.Core.Messaging;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// Messages between agents: what a client publishes to <c>agent.ID.message</c> and <c>swarm.ID.message</c>. With <c>content</c> it is a message to that agent,
/// or to those of the swarm that hear the sender, with <c>acknowledged</c> the confirmation of that agent's own messages. The original has none of it.
/// </summary>
internal static class AgentMessages
{
    public static Intent Read(Publication published)
    {
        var data = published.Data;
        if (data.Find("acknowledged") is var (ids, name)) return Acknowledge(published, ids, name);
        return Send(published, published.Id, null, "data.content is missing: any JSON but null, for the agent; or data.acknowledged: the ids of messages.");
    }

    public static Intent ToSwarm(Publication published)
    {
        var to = MessageAudience.Swarm;
        if (published.Data.Text("to") is { } word && !SnakeCase.TryParse(word, out to))
        {
            var words = string.Join(", ", Enum.GetValues<MessageAudience>().Select(SnakeCase.Of));
            throw PayloadReader.Invalid($"data.to is {words}; it was '{PayloadReader.Clip(word)}'.");
        }

        return Send(published, null, to, "data.content is missing: any JSON but null, for the agents.");
    }

    private static CommandIntent Send(Publication published, string? agent, MessageAudience? to, string missing)
    {
        var data = published.Data;
        if (!data.Json.TryGetProperty("content", out var content) || content.ValueKind == JsonValueKind.Null) throw PayloadReader.Invalid(missing);
        var swarm = to is null ? null : published.Id;
        var (ttl, key) = (SendMessage.After(data.Whole("ttlMs")), data.Text("idempotencyKey"));
        return new(published.Call, new SendMessage(agent, to, RawJson.From(content), swarm, ttl, key) { By = published.By });
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
