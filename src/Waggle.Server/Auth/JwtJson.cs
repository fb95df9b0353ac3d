using System.Text.Json;

namespace Waggle.Server.Auth;

/// <summary>The JSON of tokens and keys, read strictly.</summary>
internal static class JwtJson
{
    // Beyond is no year that a clock could be compared with.
    private const double LastSecond = 250_000_000_000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>Null for what is no JSON object, or says something twice.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            var document = JsonDocument.Parse(text, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // The caller says so in its own words.
        }

        return null;
    }

    public static bool IsText(JsonElement parent, string name, string wanted) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(wanted);

    public static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? TextOf(value) : null;

    /// <summary>Null for text that is no Unicode.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A NumericDate. True with null where there is none.</summary>
    public static bool TryTime(JsonElement parent, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!parent.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || seconds is not (>= 0 and <= LastSecond)) return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));
        return true;
    }

    /// <summary>An array of texts, or one text. True with nothing where there is none.</summary>
    public static bool TryTexts(JsonElement parent, string name, out IReadOnlyList<string>? texts)
    {
        texts = null;
        if (!parent.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array)) return false;
        var all = value.ValueKind == JsonValueKind.String ? [value] : value.EnumerateArray().ToArray();
        if (Array.Exists(all, v => v.ValueKind != JsonValueKind.String || TextOf(v) is null)) return false;
        texts = [.. all.Select(v => v.GetString()!)];
        return true;
    }
}
