using Waggle.Protocol.Model;

namespace Waggle.Core.Kernel;

/// <summary>The prices of one model in US dollars for a million tokens.</summary>
/// <param name="Cached">The price of input that a cache served; null if it is that of other input.</param>
public sealed record ModelPrice(decimal Input, decimal Output, decimal? Cached = null);

/// <summary>The operator's prices by model. Immutable and thread-safe.</summary>
public sealed class PriceList
{
    private const decimal Million = 1_000_000m;

    private readonly Dictionary<string, ModelPrice> _prices;

    public PriceList(IReadOnlyDictionary<string, ModelPrice> prices) => _prices = new(prices, StringComparer.Ordinal);

    /// <summary>The list without a price.</summary>
    public static PriceList None { get; } = new(new Dictionary<string, ModelPrice>());

    public int Count => _prices.Count;

    public bool Has(string? model) => model is not null && _prices.ContainsKey(model);

    /// <summary>Returns the cost of the tokens in US dollars, exactly; null if the model has no price or the tokens are unknown.</summary>
    public decimal? CostOf(Usage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        if (usage.Model is null || !_prices.TryGetValue(usage.Model, out var price)) return null;
        if (usage.InputTokens is null && usage.OutputTokens is null) return null;
        var (input, cached, output) = (usage.InputTokens ?? 0, usage.CachedTokens ?? 0, usage.OutputTokens ?? 0);
        return (((input - cached) * price.Input) + (cached * (price.Cached ?? price.Input)) + (output * price.Output)) / Million;
    }
}
