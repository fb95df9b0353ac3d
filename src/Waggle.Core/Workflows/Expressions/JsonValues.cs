using System.Globalization;
using System.Text.Json;

namespace Waggle.Core.Workflows.Expressions;

/// <summary>The JSON values of expressions.</summary>
internal static class JsonValues
{
    private static readonly JsonElement Yes = Parse("true");
    private static readonly JsonElement No = Parse("false");

    public static JsonElement Null { get; } = Parse("null");

    public static JsonElement Of(bool value) => value ? Yes : No;

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>Compares two numbers by value or two texts by their characters; null for any other pair.</summary>
    public static int? Compare(JsonElement left, JsonElement right)
    {
        if (left.ValueKind == JsonValueKind.String && right.ValueKind == JsonValueKind.String)
            return string.CompareOrdinal(left.GetString(), right.GetString());
        if (left.ValueKind != JsonValueKind.Number || right.ValueKind != JsonValueKind.Number) return null;
        return left.TryGetDecimal(out var a) && right.TryGetDecimal(out var b) ? a.CompareTo(b) : left.GetDouble().CompareTo(right.GetDouble());
    }

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    /// <summary>Returns the number of objects and arrays within each other.</summary>
    public static int DepthOf(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        var depth = 0;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) depth = Math.Max(depth, reader.CurrentDepth + 1);
        }

        return depth;
    }

    /// <summary>Returns the value at a JSON pointer; null if nothing is there.</summary>
    public static JsonElement At(JsonElement value, string pointer)
    {
        foreach (var segment in Pointers.Split(pointer))
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(segment, out var member)) value = member;
            else if (value.ValueKind == JsonValueKind.Array && IndexOf(segment) is { } index && index < value.GetArrayLength()) value = value[index];
            else return Null;
        }

        return value;
    }

    private static int? IndexOf(string segment) => int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}

/// <summary>JSON pointers (RFC 6901).</summary>
internal static class Pointers
{
    public static IEnumerable<string> Split(string pointer) => pointer.Length == 0
        ? []
        : pointer[1..].Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));

    public static string Append(string pointer, string name) =>
        $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>Returns the rest of a pointer below another one; null if it is not below.</summary>
    public static string? Below(string pointer, string above) =>
        pointer.StartsWith(above, StringComparison.Ordinal) && (pointer.Length == above.Length || pointer[above.Length] == '/')
            ? pointer[above.Length..]
            : null;
}
