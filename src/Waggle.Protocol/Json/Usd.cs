using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waggle.Protocol.Json;

/// <summary>
/// Reads and writes an amount of US dollars as a JSON number, as an exact decimal. A number that no decimal holds is read as the greatest decimal, because
/// earlier versions stored amounts as binary numbers; the hub refuses such an amount in a message.
/// </summary>
public sealed class Usd : JsonConverter<decimal?>
{
    public override decimal? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.Number) throw new JsonException("An amount of dollars is a number.");
        if (reader.TryGetDecimal(out var exact)) return exact;
        return reader.TryGetDouble(out var wide) && wide < 0 ? decimal.MinValue : decimal.MaxValue;
    }

    public override void Write(Utf8JsonWriter writer, decimal? value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value is { } amount) writer.WriteNumberValue(amount);
        else writer.WriteNullValue();
    }
}
