using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Agents.Claude;

/// <summary>Converts the token counts of Claude Code, whose input tokens are those beside the cached ones, to those of the hub.</summary>
internal static class ClaudeUsage
{
    /// <summary>The form of the API: a message, or the sum of a run.</summary>
    public static Usage OfMessage(string? model, JsonElement usage)
    {
        var cached = usage.Count("cache_read_input_tokens");
        return new Usage
        {
            Model = model,
            InputTokens = usage.Count("input_tokens") is { } input ? input + (usage.Count("cache_creation_input_tokens") ?? 0) + (cached ?? 0) : null,
            CachedTokens = cached,
            OutputTokens = usage.Count("output_tokens"),
            ReasoningTokens = usage.Count("output_tokens_details", "thinking_tokens"),
        };
    }

    /// <summary>The form of a result's table of models, which has the cost.</summary>
    public static Usage OfModel(string model, JsonElement usage)
    {
        var cached = usage.Count("cacheReadInputTokens");
        return new Usage
        {
            Model = model,
            InputTokens = usage.Count("inputTokens") is { } input ? input + (usage.Count("cacheCreationInputTokens") ?? 0) + (cached ?? 0) : null,
            CachedTokens = cached,
            OutputTokens = usage.Count("outputTokens"),
            ReasoningTokens = usage.Count("thinkingTokens"),
            CostUsd = usage.Amount("costUSD"),
        };
    }
}
