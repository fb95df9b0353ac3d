using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waggle.Protocol;

/// <summary>
/// A place in a hive's log: the epoch (one acquisition of the hive) and the offset of the last durable record that a client received. Its text is
/// <c>EPOCH:OFFSET</c>, for example <c>3:1842</c>. Offsets grow over epochs; the epoch distinguishes a restored backup from the log that it was taken from.
/// </summary>
[JsonConverter(typeof(PositionConverter))]
public readonly record struct Position(long Epoch, long Offset) : ISpanFormattable
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");

    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}", out charsWritten);

    public static bool TryParse(ReadOnlySpan<char> text, out Position position)
    {
        position = default;
        var colon = text.IndexOf(':');
        if (colon <= 0
            || !long.TryParse(text[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            || !long.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        position = new Position(epoch, offset);
        return true;
    }
}

public sealed class PositionConverter : JsonConverter<Position>
{
    public override Position Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Position.TryParse(reader.GetString(), out var position)
            ? position
            : throw new JsonException("A position is a string EPOCH:OFFSET such as \"3:1842\".");

    public override void Write(Utf8JsonWriter writer, Position value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[41];
        value.TryFormat(text, out var length, default, null);
        writer.WriteStringValue(text[..length]);
    }
}
