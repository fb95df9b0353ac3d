using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The limits of a usage report. They keep every sum exact: tokens within 64 bits, dollars within the 28 digits of a decimal.</summary>
internal static class UsageRules
{
    public const long MaxTokens = 1_000_000_000_000;
    public const decimal MaxCostUsd = 1_000_000m;
    public const int MaxModelLength = 128;

    /// <summary>The decimal places of an amount of dollars; a report with more is rounded.</summary>
    public const int CostPlaces = 12;

    public static Error? Problem(Usage? usage)
    {
        if (usage is null) return null;
        if (usage.Model is { } model && (string.IsNullOrWhiteSpace(model) || model.Length > MaxModelLength || model.Any(char.IsControl)))
            return Bad($"usage.model is a name of 1 to {MaxModelLength} characters.");
        if (usage.CostUsd is < 0 or > MaxCostUsd) return Bad($"usage.cost_usd is a number of dollars, 0 to {MaxCostUsd:0}.");
        return Problem("input_tokens", usage.InputTokens) ?? Problem("output_tokens", usage.OutputTokens)
            ?? Problem("cached_tokens", usage.CachedTokens) ?? Problem("reasoning_tokens", usage.ReasoningTokens);
    }

    public static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);

    private static Error? Problem(string field, long? tokens) =>
        tokens is < 0 or > MaxTokens ? Bad($"usage.{field} is 0 to {MaxTokens}; it was {tokens}.") : null;
}
