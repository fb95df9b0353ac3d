using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>The body of <c>subscribe</c> or <c>unsubscribe</c>.</summary>
internal sealed class CategoryRequest
{
    private readonly Dictionary<string, RawJson> _filters = new(StringComparer.Ordinal);

    private CategoryRequest(IReadOnlyList<string> categories) => Names = categories;

    /// <summary>The categories without duplicates.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The position after which the client requests records; null for live records only.</summary>
    public Position? Since { get; private init; }

    /// <summary>The note about the filters for the answer; null without filters.</summary>
    public string? FiltersSaid { get; private set; }

    /// <summary>Returns the filter of a category; default for all its records.</summary>
    public RawJson FilterOf(string category) => _filters.GetValueOrDefault(category);

    /// <exception cref="DialectException">The body is invalid.</exception>
    public static CategoryRequest Read(JsonElement given)
    {
        // Clients send all these forms: 'system', ["system"], {categories:[…]} and {channels:[…]}.
        var (filters, since) = (default(JsonElement), default(Position?));
        if (given.ValueKind == JsonValueKind.Object)
        {
            given.TryGetProperty("filters", out filters);
            since = SinceOf(given);
            if (given.TryGetProperty("categories", out var named) || given.TryGetProperty("channels", out named)) given = named;
        }

        string[] names = given.ValueKind switch
        {
            JsonValueKind.String => [given.GetString()!],
            JsonValueKind.Array when given.EnumerateArray().All(c => c.ValueKind == JsonValueKind.String) =>
                [.. given.EnumerateArray().Select(c => c.GetString()!)],
            _ => [],
        };
        if (names.Length == 0) throw Invalid($"subscribe takes a category, a list of them, or {{\"categories\":[…]}}: {Categories.Names}.");
        if (Array.Find(names, c => !Categories.Known.Contains(c)) is { } unknown)
            throw Invalid($"'{PlainText.Clip(unknown, 40)}' is not a category: {Categories.Names}.");
        var request = new CategoryRequest([.. names.Distinct(StringComparer.Ordinal)]) { Since = since };
        request.ReadFilters(filters);
        return request;
    }

    public static DialectException Invalid(string message) => new(new Error(ErrorCodes.InvalidRequest, message));

    private static Position? SinceOf(JsonElement given)
    {
        if (new PayloadReader(given, "").Text("since") is not { } text) return null;
        return Position.TryParse(text, out var position) ? position : throw Invalid("since is the position of an event, such as \"1:42\".");
    }

    private void ReadFilters(JsonElement filters)
    {
        if (filters.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return;
        if (filters.ValueKind != JsonValueKind.Object)
            throw Invalid("filters is an object with a filter for each category: {\"swarms\":{\"swarmIds\":[…]}}.");
        List<string> unknown = [];
        foreach (var one in filters.EnumerateObject())
        {
            if (Names.Contains(one.Name)) _filters[one.Name] = CategoryFilters.Read(one.Name, one.Value, unknown);
            else unknown.Add(one.Name);
        }

        FiltersSaid = unknown.Count == 0 ? "applied" : $"not applied: {string.Join(", ", unknown)}";
    }
}
