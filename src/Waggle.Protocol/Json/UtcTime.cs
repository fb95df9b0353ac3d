using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waggle.Protocol.Json;

/// <summary>Writes times as RFC 3339 in UTC with milliseconds: <c>2026-03-01T12:00:00.000Z</c>.</summary>
public sealed class UtcTime : JsonConverter<DateTimeOffset>
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time)
            ? time.ToUniversalTime()
            : throw new JsonException("A time is a string such as \"2026-03-01T12:00:00.000Z\".");

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        value.UtcDateTime.TryFormat(text, out var length, Form, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}
