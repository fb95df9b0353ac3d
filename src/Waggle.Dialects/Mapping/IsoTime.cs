using System.Globalization;
using System.Text.Json;

namespace Waggle.Dialects.Mapping;

/// <summary>Writes times in the form of most foreign dialects: ISO 8601, UTC, milliseconds.</summary>
internal static class IsoTime
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void Write(Utf8JsonWriter writer, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> text = stackalloc byte[24];
        time.UtcDateTime.TryFormat(text, out var length, Form, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}
