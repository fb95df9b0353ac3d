using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.OperatorFiles;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>The operator's prices of models in US dollars for a million tokens.</summary>
internal static class PriceFile
{
    // With at most six places the cost of one token has at most the twelve places of an amount.
    private const int MostPlaces = 6;
    private const decimal MostDollars = 1_000_000m;
    private const int MostModels = 10_000;
    private const int MostNameLength = 128;

    /// <exception cref="CliException">The file cannot be read or is wrong; the message names the place.</exception>
    public static PriceList Read(string path) => OperatorFile.Read(path, Of);

    private static PriceList Of(JsonElement root)
    {
        _ = new KeyReader(root, "the file", "models");
        if (!root.TryGetProperty("models", out var models) || models.ValueKind != JsonValueKind.Object)
            throw new FormatException("key models: it is an object with a price for each model.");
        var prices = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);
        foreach (var model in models.EnumerateObject())
        {
            if (string.IsNullOrWhiteSpace(model.Name) || model.Name.Length > MostNameLength)
                throw new FormatException($"key models: '{model.Name}' is not a name of 1 to {MostNameLength} characters.");
            if (!prices.TryAdd(model.Name, Price(model.Value, $"models.{model.Name}")))
                throw new FormatException($"key models: '{model.Name}' is there twice.");
        }

        if (prices.Count > MostModels) throw new FormatException($"key models: at most {MostModels}; there are {prices.Count}.");
        return new(prices);
    }

    private static ModelPrice Price(JsonElement element, string at)
    {
        _ = new KeyReader(element, at, "input", "output", "cached");
        return new(
            Dollars(element, at, "input") ?? throw new FormatException($"{at}: input is required."),
            Dollars(element, at, "output") ?? throw new FormatException($"{at}: output is required."),
            Dollars(element, at, "cached"));
    }

    private static decimal? Dollars(JsonElement element, string at, string key)
    {
        if (!element.TryGetProperty(key, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var dollars) || dollars is < 0 or > MostDollars
            || decimal.Round(dollars, MostPlaces) != dollars)
        {
            throw new FormatException(
                $"{at}: {key} is a number of US dollars for a million tokens, from 0 to {MostDollars:0} with at most {MostPlaces} places; it was "
                + $"{value.GetRawText()}.");
        }

        return dollars;
    }
}
