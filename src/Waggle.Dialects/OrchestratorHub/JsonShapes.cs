using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The objects that several messages and HTTP answers share.</summary>
internal static class JsonShapes
{
    public const string Description = "description";

    /// <summary>Returns the creator's description, which may be longer than a title in this dialect.</summary>
    public static string DescriptionOf(TaskSpec spec) => spec.Metadata?.GetValueOrDefault(Description) ?? spec.Title;

    public static void WriteCapabilities(Utf8JsonWriter writer, IReadOnlyDictionary<string, double>? capabilities, ReadOnlySpan<byte> degree)
    {
        writer.WriteStartArray();
        foreach (var (name, value) in capabilities ?? new Dictionary<string, double>(StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WriteNumber(degree, value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void WriteProficiencies(Utf8JsonWriter writer, IReadOnlyDictionary<string, double>? capabilities) =>
        WriteCapabilities(writer, capabilities, "proficiency"u8);

    public static void WriteRequirements(Utf8JsonWriter writer, IReadOnlyDictionary<string, double>? capabilities) =>
        WriteCapabilities(writer, capabilities, "min_proficiency"u8);

    public static void WriteTexts(Utf8JsonWriter writer, IEnumerable<string> texts)
    {
        writer.WriteStartArray();
        foreach (var text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    /// <summary>Returns a share from 0 to 1; null for a share of zero.</summary>
    public static double? Share(long some, long all) => all == 0 ? null : Math.Round((double)some / all, 4);

    // The positions form a spiral outwards, so neighbours do not cover each other.
    public static void WritePlace(Utf8JsonWriter writer, int place)
    {
        const double goldenAngle = 2.399963;
        var radius = 12 * Math.Sqrt(place);
        writer.WriteStartArray();
        writer.WriteNumberValue(Math.Round(radius * Math.Cos(place * goldenAngle), 2));
        writer.WriteNumberValue(Math.Round(radius * Math.Sin(place * goldenAngle), 2));
        writer.WriteEndArray();
    }
}
