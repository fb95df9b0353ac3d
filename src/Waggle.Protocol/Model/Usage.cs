using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The origin of a cost.</summary>
[JsonConverter(typeof(SnakeCaseEnum<CostBasis>))]
public enum CostBasis
{
    /// <summary>The worker reported it.</summary>
    Reported,

    /// <summary>The hub computed it from the tokens and the prices of its options.</summary>
    Priced,

    /// <summary>A part was reported and another part was computed.</summary>
    Mixed,
}

/// <summary>
/// The resources that an attempt used so far with one model, as the worker measured them; null where unknown. The numbers are cumulative: each report contains
/// those before it.
/// </summary>
public sealed record Usage
{
    /// <summary>The model, as its provider names it, 1 to 128 characters.</summary>
    public string? Model { get; init; }

    /// <summary>The tokens of all input, including the cached ones.</summary>
    public long? InputTokens { get; init; }

    /// <summary>The tokens of all output, including those of reasoning.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>The part of the input that a cache of the provider served.</summary>
    public long? CachedTokens { get; init; }

    /// <summary>The part of the output that was reasoning.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>The cost in US dollars, an exact decimal number.</summary>
    [JsonConverter(typeof(Usd))]
    public decimal? CostUsd { get; init; }

    /// <summary>The origin of the cost, which the hub sets; null without a cost.</summary>
    public CostBasis? CostBasis { get; init; }
}

/// <summary>The sum of the usage of several attempts.</summary>
public sealed record UsageTotals
{
    public long InputTokens { get; init; }
    public long OutputTokens { get; init; }
    public long CachedTokens { get; init; }
    public long ReasoningTokens { get; init; }

    /// <summary>The sum of the known costs in US dollars, an exact decimal number; null if no cost is known.</summary>
    [JsonConverter(typeof(Usd))]
    public decimal? CostUsd { get; init; }

    /// <summary>
    /// The part, negative, by which reports lowered costs of earlier days; null for none. It is in no <see cref="CostUsd"/> of a day, which is never negative.
    /// </summary>
    [JsonConverter(typeof(Usd))]
    public decimal? CorrectionUsd { get; init; }

    /// <summary>The number of models of attempts whose cost is unknown. Their tokens are in the sums, and their cost is not.</summary>
    public long UnknownCosts { get; init; }
}
