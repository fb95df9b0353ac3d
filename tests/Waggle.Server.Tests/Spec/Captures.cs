using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Protocol;

namespace Waggle.Server.Tests.Spec;

/// <summary>The placeholders of the examples: what stands for a sort of value, and names that are bound when they are first seen.</summary>
internal sealed class Captures
{
    private const string Rest = "...";

    private readonly Dictionary<string, JsonNode?> _bound = new(StringComparer.Ordinal);

    /// <summary>Gives a name its value before it is seen.</summary>
    public void Bind(string name, string value) => _bound[name] = JsonValue.Create(value);

    /// <summary>The frame with the values that were seen before in place of their names.</summary>
    public JsonNode? Fill(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Fill(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Fill)]),
        _ when NameOf(node) is { } name => _bound.TryGetValue(name, out var value) ? value?.DeepClone() : throw new InvalidOperationException($"{name} was not seen before."),
        _ => node?.DeepClone(),
    };

    /// <summary>Returns null if the actual value matches the example; else the place and the difference.</summary>
    public string? Difference(JsonNode? expected, JsonNode? actual, string path = "$")
    {
        if (NameOf(expected) is { } name) return Matches(name, actual) ? null : $"{path} should be {name}{(_bound.TryGetValue(name, out var b) ? $" = {Show(b)}" : "")} and is {Show(actual)}";
        return (expected, actual) switch
        {
            (JsonObject e, JsonObject a) => Objects(e, a, path),
            (JsonArray e, JsonArray a) when e.Count == a.Count => e.Select((item, i) => Difference(item, a[i], $"{path}[{i}]")).FirstOrDefault(d => d is not null),
            (JsonValue e, JsonValue a) when Same(e, a) => null,
            (null, null) => null,
            _ => $"{path} should be {Show(expected)} and is {Show(actual)}",
        };
    }

    /// <summary>An example with values of the right sort in place of the placeholders, for reading it without a hub.</summary>
    public static JsonNode? Sample(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Where(p => p.Key != Rest).Select(p => KeyValuePair.Create(p.Key, Sample(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sample)]),
        _ when NameOf(node) is { } name => name switch
        {
            "<number>" => 1,
            _ when name.StartsWith("<token", StringComparison.Ordinal) => 1,
            _ when name.StartsWith("<version", StringComparison.Ordinal) => 1,
            _ when name.StartsWith("<position", StringComparison.Ordinal) => "1:1",
            _ when name.StartsWith("<time", StringComparison.Ordinal) => "2026-03-01T12:00:00.000Z",
            _ => name[1..^1],
        },
        _ => node?.DeepClone(),
    };

    /// <summary>Whether fields may be left out of the example.</summary>
    public static bool IsPartial(JsonObject example) => example.ContainsKey(Rest);

    private string? Objects(JsonObject expected, JsonObject actual, string path)
    {
        foreach (var (key, value) in expected)
        {
            if (key == Rest) continue;
            if (!actual.TryGetPropertyValue(key, out var there)) return $"{path}.{key} is missing";
            if (Difference(value, there, $"{path}.{key}") is { } difference) return difference;
        }

        if (IsPartial(expected)) return null;
        return actual.FirstOrDefault(p => !expected.ContainsKey(p.Key)).Key is { } extra ? $"{path}.{extra} is not in the example" : null;
    }

    private bool Matches(string name, JsonNode? actual)
    {
        if (_bound.TryGetValue(name, out var value)) return JsonNode.DeepEquals(value, actual);
        if (!IsOfSort(name, actual)) return false;
        if (char.IsAsciiDigit(name[^2])) _bound[name] = actual?.DeepClone();
        return true;
    }

    // A name is a sort, or a sort with a number: <position> and <position2>.
    private static bool IsOfSort(string name, JsonNode? actual) => name[1..^1].TrimEnd("0123456789".ToCharArray()) switch
    {
        "any" => true,
        "id" or "task" or "bulk" => actual?.GetValueKind() == JsonValueKind.String && Ids.IsValid(actual.GetValue<string>()),
        "topic" => actual?.GetValueKind() == JsonValueKind.String && Waggle.Protocol.Topics.Topic.IsValid(actual.GetValue<string>()),
        "time" => actual?.GetValueKind() == JsonValueKind.String && actual.GetValue<string>() is { Length: 24 } time && time[^1] == 'Z' && DateTimeOffset.TryParse(time, out _),
        "position" => actual?.GetValueKind() == JsonValueKind.String && Position.TryParse(actual.GetValue<string>(), out _),
        "number" or "token" or "version" => actual?.GetValueKind() == JsonValueKind.Number,
        var sort => throw new InvalidOperationException($"'{sort}' is no sort of placeholder."),
    };

    private static bool Same(JsonValue expected, JsonValue actual) =>
        expected.GetValueKind() == actual.GetValueKind()
        && (expected.GetValueKind() == JsonValueKind.Number
            ? expected.GetValue<JsonElement>().GetDouble().Equals(actual.GetValue<JsonElement>().GetDouble())
            : JsonNode.DeepEquals(expected, actual));

    private static string? NameOf(JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.String && node.GetValue<string>() is ['<', .., '>'] name ? name : null;

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "null";
}
