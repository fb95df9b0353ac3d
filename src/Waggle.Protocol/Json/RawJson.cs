using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waggle.Protocol.Json;

/// <summary>One JSON value as its UTF-8 text. The hub passes payloads on without parsing them. The default value is JSON null.</summary>
[JsonConverter(typeof(RawJsonConverter))]
public readonly struct RawJson : IEquatable<RawJson>
{
    private readonly byte[]? _utf8;

    private RawJson(byte[] utf8) => _utf8 = utf8;

    /// <summary>The text, which a caller must not change.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8 ?? NullText;

    public bool IsNull => _utf8 is null || _utf8.AsSpan().SequenceEqual("null"u8);

    // The result of a reply contains payloads that are themselves as deep as a message may be.
    private static JsonReaderOptions Deep { get; } = new() { MaxDepth = 2 * Limits.MaxDepth };

    private static byte[] NullText { get; } = [.. "null"u8];

    /// <summary>Wraps the bytes without a check. The caller guarantees that they are one JSON value and never change.</summary>
    public static RawJson FromTrusted(byte[] utf8) => new(utf8);

    /// <summary>Parses text from a person, a file or a program, under the policy of <see cref="ForeignJson"/>.</summary>
    /// <exception cref="JsonException">The text is not one JSON value.</exception>
    public static RawJson Parse(string text)
    {
        var utf8 = ForeignJson.Mend(Encoding.UTF8.GetBytes(text)).ToArray();
        var reader = new Utf8JsonReader(utf8, Deep);
        reader.Read();
        reader.Skip();
        if (reader.Read()) throw new JsonException("More than one JSON value.");
        return new(utf8);
    }

    public static RawJson From(JsonElement element) => new(ForeignJson.Mend(JsonMarshal.GetRawUtf8Value(element)).ToArray());

    public JsonElement ToElement()
    {
        var reader = new Utf8JsonReader(Utf8.Span, Deep);
        return JsonElement.ParseValue(ref reader);
    }

    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);

    public bool Equals(RawJson other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    public override bool Equals(object? obj) => obj is RawJson other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);
}

public sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override bool HandleNull => true;

    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return default;
        using var document = JsonDocument.ParseValue(ref reader);
        return RawJson.From(document.RootElement);
    }

    // The text was validated when it was read; validating it again on every commit would cost as much as writing it.
    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
}
