using System.Globalization;

namespace Waggle.Core.Tasks;

/// <summary>The limits that a budget may have. Pure.</summary>
internal static class UsageLimits
{
    public const decimal MaxCostUsd = 1_000_000_000m;
    public const long MaxTokens = 1_000_000_000_000_000;

    /// <summary>Returns the wrong field and its rule; null if the limits are valid.</summary>
    public static (string? Field, string Rule)? Problem(long? tokens, decimal? costUsd)
    {
        if (tokens is null && costUsd is null) return (null, "A budget has a limit: tokens, cost_usd or both.");
        if (tokens is < 1 or > MaxTokens) return ("tokens", $"is 1 to {MaxTokens}; it was {tokens}. To let nothing start, pause the swarm.");
        return costUsd is <= 0 or > MaxCostUsd
            ? ("cost_usd", string.Create(
                CultureInfo.InvariantCulture,
                $"is more than 0 and at most {MaxCostUsd}; it was {costUsd}. To let nothing start, pause the swarm."))
            : null;
    }
}
