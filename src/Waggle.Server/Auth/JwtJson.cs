using System.Text.Json;

namespace Waggle.Server.Auth;

/// <summary>Reads the JSON of tokens and keys strictly.</summary>
public static class JwtJson
{
    // A later time is in no year that a clock could be compared with.
    private const double LastSecond = 250_000_000_000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>
    /// Parses a JSON object. Returns null for other JSON, for a repeated name, and for text that is not Unicode (for which its readers would throw).
    /// </summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            ReadTexts(text.Span);
            var document = JsonDocument.Parse(text, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The caller reports the fault.
        }

        return null;
    }

    /// <exception cref="InvalidOperationException">One of the texts is not Unicode.</exception>
    private static void ReadTexts(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) _ = reader.GetString();
        }
    }

    public static bool IsText(JsonElement parent, string name, string wanted) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(wanted);

    public static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Reads a NumericDate. Returns true with null if it is absent.</summary>
    public static bool TryTime(JsonElement parent, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!parent.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || seconds is not (>= 0 and <= LastSecond)) return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));
        return true;
    }

    /// <summary>Reads an array of texts, or one text. Returns true with null if it is absent.</summary>
    public static bool TryTexts(JsonElement parent, string name, out IReadOnlyList<string>? texts)
    {
        texts = null;
        if (!parent.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array)) return false;
        var all = value.ValueKind == JsonValueKind.String ? [value] : value.EnumerateArray().ToArray();
        if (Array.Exists(all, v => v.ValueKind != JsonValueKind.String)) return false;
        texts = [.. all.Select(v => v.GetString()!)];
        return true;
    }
}
