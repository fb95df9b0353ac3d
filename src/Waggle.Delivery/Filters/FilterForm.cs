using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Waggle.Delivery.Filters;

/// <summary>Writes the canonical text of a filter. Filters that differ only in order have the same text.</summary>
internal static class FilterForm
{
    public static string Of(FilterNode node)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output)) node.Write(writer);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static void Write(Utf8JsonWriter writer, string name, FilterNode[] parts)
    {
        writer.WriteStartObject();
        writer.WriteStartArray(name);
        foreach (var part in parts.Select(Of).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)) writer.WriteRawValue(part);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
