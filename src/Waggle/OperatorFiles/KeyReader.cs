using System.Text.Json;
using Waggle.Shared;

namespace Waggle.OperatorFiles;

/// <summary>Reads the keys of one object of a file of the operator.</summary>
internal sealed class KeyReader
{
    private readonly JsonElement _object;
    private readonly string _at;

    /// <exception cref="FormatException">It is no object, or has an unknown key.</exception>
    public KeyReader(JsonElement element, string at, params string[] keys)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"{at} is not a JSON object.");
        foreach (var property in element.EnumerateObject())
        {
            if (!keys.Contains(property.Name)) throw new FormatException($"{at}: unknown key '{property.Name}'; valid keys: {string.Join(", ", keys)}.");
        }

        (_object, _at) = (element, at);
    }

    public string? Text(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new FormatException($"{_at}: {key} is a string.");

    public int? Number(string key, int least, int most) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
        : throw new FormatException($"{_at}: {key} is a whole number from {least} to {most}.");

    public bool Switch(string key) => Find(key) is { } value
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new FormatException($"{_at}: {key} is true or false."));

    public long? Milliseconds(string key) => Text(key) is not { } text ? null
        : Durations.TryParse(text, out var duration) ? (long)duration.TotalMilliseconds
        : throw new FormatException($"{_at}: {key} '{text}' is not a duration such as 500ms, 45s or 90m.");

    public IReadOnlyList<string>? Texts(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
            throw new FormatException($"{_at}: {key} is an array of strings.");
        return [.. value.EnumerateArray().Select(v => v.GetString()!)];
    }

    /// <summary>Reads capabilities: an array of names, each with the proficiency 1, or an object of names and proficiencies.</summary>
    public IReadOnlyDictionary<string, double>? Capabilities(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array) return Texts(key)!.Distinct(StringComparer.Ordinal).ToDictionary(c => c, _ => 1.0, StringComparer.Ordinal);
        var capabilities = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, proficiency) in Members(key))
        {
            capabilities[name] = proficiency.ValueKind == JsonValueKind.Number
                ? proficiency.GetDouble()
                : throw new FormatException($"{_at}.{key}: the proficiency of '{name}' is a number from 0 to 1.");
        }

        return capabilities;
    }

    public IEnumerable<(string Name, JsonElement Value)> Members(string key)
    {
        if (Find(key) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Object) throw new FormatException($"{_at}: {key} is a JSON object.");
        return [.. value.EnumerateObject().DistinctBy(p => p.Name, StringComparer.Ordinal).Select(p => (p.Name, p.Value))];
    }

    private JsonElement? Find(string key) => _object.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
