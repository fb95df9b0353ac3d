using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.Agents;

/// <summary>Reads the lines of agents, in which any field may be absent or of another kind, and writes lines for them.</summary>
internal static class Json
{
    /// <summary>Parses a line that is a JSON object.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!line.AsSpan().TrimStart().StartsWith("{")) return false;
        try
        {
            document = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Returns the value at the end of the path; an undefined element if there is none.</summary>
    public static JsonElement At(this JsonElement from, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out from)) return default;
        }

        return from;
    }

    public static string? Text(this JsonElement from, params ReadOnlySpan<string> path) =>
        from.At(path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static long? Count(this JsonElement from, params ReadOnlySpan<string> path) =>
        from.At(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var count) && count >= 0 ? count : null;

    public static decimal? Amount(this JsonElement from, params ReadOnlySpan<string> path) =>
        from.At(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetDecimal(out var amount) && amount >= 0 ? amount : null;

    public static bool Is(this JsonElement from, params ReadOnlySpan<string> path) => from.At(path).ValueKind == JsonValueKind.True;

    public static IEnumerable<JsonElement> Items(this JsonElement from, params ReadOnlySpan<string> path) =>
        from.At(path) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Fields(this JsonElement from, params ReadOnlySpan<string> path) =>
        from.At(path) is { ValueKind: JsonValueKind.Object } fields ? fields.EnumerateObject() : [];

    /// <summary>Writes an object on one line.</summary>
    public static string Line(Action<Utf8JsonWriter> fields)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, JsonText.Checked))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
