using System.Buffers;
using System.Text.Json;
using Waggle.Delivery.Filters;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>
/// The <c>filters</c> of a subscription: the required values of fields, for each category. Names that match a field of a record become filters of the hub. The
/// others are not applied, and the answer lists them.
/// </summary>
internal static class CategoryFilters
{
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["events"] = "kind",
        ["swarmIds"] = "swarm",
        ["taskIds"] = "data.task",
        ["agentIds"] = "data.agent",
        ["severity"] = "data.level",
        ["components"] = "data.resource",
    };

    /// <summary>Returns the hub's filter; default without any condition.</summary>
    /// <param name="given">The filters of one category.</param>
    /// <param name="unknown">Receives the names that match no field.</param>
    /// <exception cref="DialectException">A filter is invalid.</exception>
    public static RawJson Read(string category, JsonElement given, List<string> unknown)
    {
        if (given.ValueKind != JsonValueKind.Object)
            throw CategoryRequest.Invalid($"filters.{category} is an object: {string.Join(", ", Fields.Keys)}, each with a text or a list of texts.");

        var output = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(output, JsonText.Checked);
        writer.WriteStartObject();
        writer.WriteStartArray("and"u8);
        var count = 0;
        foreach (var part in given.EnumerateObject())
        {
            if (!Fields.TryGetValue(part.Name, out var field))
            {
                unknown.Add($"{category}.{part.Name}");
                continue;
            }

            if (TextsOf(part.Value) is not { Length: > 0 } texts)
                throw CategoryRequest.Invalid($"filters.{category}.{part.Name} is a text or a list of texts.");
            count++;
            Write(writer, field, texts);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        if (count == 0) return default;
        if (!RecordFilter.TryParse(output.WrittenMemory, out _, out var wrong)) throw CategoryRequest.Invalid($"filters.{category}: {wrong}");
        return RawJson.FromTrusted(output.WrittenSpan.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, string field, string[] texts)
    {
        writer.WriteStartObject();
        writer.WriteString("field"u8, field);
        writer.WriteStartArray("in"u8);
        foreach (var text in texts) writer.WriteStringValue(field == "kind" ? Categories.KindOf(text) : text);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string[]? TextsOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array when value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(v => v.GetString()!)],
        _ => null,
    };
}
