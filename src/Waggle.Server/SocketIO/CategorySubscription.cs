using System.Text.Json;
using Waggle.Core;
using Waggle.Delivery.Filters;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.SocketIO;

namespace Waggle.Server.SocketIO;

/// <summary>What a client asks for with <c>subscribe</c>, or no longer with <c>unsubscribe</c>.</summary>
internal sealed class CategorySubscription
{
    private CategorySubscription(IReadOnlyList<string> categories) => Categories = categories;

    public IReadOnlyList<string> Categories { get; }

    /// <summary>By category; those without one are heard whole.</summary>
    public Dictionary<string, RecordFilter> Filters { get; } = new(StringComparer.Ordinal);

    /// <summary>What became of the filters; null: there were none.</summary>
    public string? FiltersSaid { get; private set; }

    /// <summary>Null, and what is wrong with it.</summary>
    public static CategorySubscription? Read(RawJson argument, out string problem)
    {
        // 'system', ["system"], {categories:[…]} and {channels:[…]}: clients of all kinds are about.
        if (Element(argument, out problem) is not { } given) return null;
        var filters = default(JsonElement);
        if (given.ValueKind == JsonValueKind.Object)
        {
            given.TryGetProperty("filters", out filters);
            if (given.TryGetProperty("categories", out var named) || given.TryGetProperty("channels", out named)) given = named;
        }

        List<string> categories = [];
        if (given.ValueKind == JsonValueKind.String) categories.Add(given.GetString()!);
        else if (given.ValueKind == JsonValueKind.Array && given.EnumerateArray().All(c => c.ValueKind == JsonValueKind.String))
            categories.AddRange(given.EnumerateArray().Select(c => c.GetString()!));
        var known = string.Join(", ", SocketIO.Categories.Known);
        problem = categories.Count == 0
            ? $"subscribe takes a category, a list of them, or {{\"categories\":[…]}}: {known}."
            : categories.Find(c => !SocketIO.Categories.Known.Contains(c)) is { } unknown ? $"'{JsonFault.Clip(unknown)}' is not a category: {known}." : "";
        if (problem.Length > 0) return null;
        var read = new CategorySubscription(categories);
        return read.TryFilter(filters, out problem) ? read : null;
    }

    private static JsonElement? Element(RawJson argument, out string problem)
    {
        problem = "";
        try
        {
            return argument.ToElement();
        }
        catch (JsonException)
        {
            problem = $"The argument of subscribe is nested too deeply: at most {Limits.MaxDepth} objects and arrays within each other.";
            return null;
        }
    }

    public void Apply(Socket socket, Principal principal)
    {
        foreach (var category in Categories)
        {
            Forget(socket, category);
            var filter = Filters.GetValueOrDefault(category);
            if (filter is not null) socket.Data[KeyOf(category)] = filter;
            socket.Join(RecordRelay.RoomOf(category, forAll: principal.IsUnlimited && filter is null));
        }
    }

    public void Undo(Socket socket)
    {
        foreach (var category in Categories) Forget(socket, category);
    }

    /// <summary>Null: the client hears all of the category.</summary>
    public static RecordFilter? FilterOf(Socket socket, string category) =>
        socket.Data.TryGetValue(KeyOf(category), out var filter) ? filter as RecordFilter : null;

    private static void Forget(Socket socket, string category)
    {
        socket.Leave(RecordRelay.RoomOf(category, forAll: true));
        socket.Leave(RecordRelay.RoomOf(category, forAll: false));
        socket.Data.Remove(KeyOf(category));
    }

    private static string KeyOf(string category) => category switch
    {
        "system" => "filter:system",
        "swarms" => "filter:swarms",
        "tasks" => "filter:tasks",
        "agents" => "filter:agents",
        _ => $"filter:{category}",
    };

    private bool TryFilter(JsonElement filters, out string problem)
    {
        problem = "";
        if (filters.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return true;
        if (filters.ValueKind != JsonValueKind.Object)
        {
            problem = "filters is an object with a filter for each category: {\"swarms\":{\"swarmIds\":[…]}}.";
            return false;
        }

        List<string> unknown = [];
        foreach (var one in filters.EnumerateObject())
        {
            if (!Categories.Contains(one.Name))
            {
                unknown.Add(one.Name);
                continue;
            }

            var filter = CategoryFilters.Read(one.Name, one.Value, unknown, out problem);
            if (problem.Length > 0) return false;
            if (filter is not null) Filters[one.Name] = filter;
        }

        FiltersSaid = unknown.Count == 0 ? "applied" : $"not applied: {string.Join(", ", unknown)}";
        return true;
    }
}
