using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Exec;

/// <summary>Classifies a line of standard output.</summary>
internal static class OutputLine
{
    // The result is sent inside other JSON, whose readers stop at a depth of 64.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 48 };

    private static readonly HashSet<string> UsageFields = new(
        ["model", "input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "cost_usd"], StringComparer.Ordinal);

    public static bool IsJson(ReadOnlySpan<byte> line)
    {
        line = ForeignJson.WithoutMark(line).Trim(" \t\r\n"u8);
        if (line.IsEmpty || !Utf8.IsValid(line)) return false;
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public static bool IsJsonObject(ReadOnlySpan<byte> line) => ForeignJson.WithoutMark(line).TrimStart(" \t"u8).StartsWith("{"u8) && IsJson(line);

    /// <summary>Whether the line is an object with <c>usage</c> alone, whose fields are those of a usage report.</summary>
    public static bool IsUsage(ReadOnlySpan<byte> line, [NotNullWhen(true)] out Usage? usage)
    {
        usage = null;
        if (line.IndexOf("\"usage\""u8) < 0 || !IsJson(line)) return false;
        var reader = new Utf8JsonReader(ForeignJson.Mend(line), Options);
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.EnumerateObject().Count() == 1
            && (usage = UsageOf(document.RootElement)) is not null;
    }

    /// <summary>Whether the line is an object with <c>progress</c> from 0 to 1. It may have <c>usage</c>, too.</summary>
    public static bool IsProgress(ReadOnlySpan<byte> line, out double progress, out string? message, out Usage? usage)
    {
        (progress, message, usage) = (0, null, null);
        if (line.IndexOf("\"progress\""u8) < 0 || !IsJson(line)) return false;
        line = ForeignJson.Mend(line);
        var reader = new Utf8JsonReader(line, Options);
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("progress", out var value) || value.ValueKind != JsonValueKind.Number) return false;
        if (!value.TryGetDouble(out progress) || progress is not (>= 0 and <= 1)) return false;
        if (root.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String) message = text.GetString();
        usage = UsageOf(root);
        return true;
    }

    /// <summary>Converts a line that is JSON to the form that is sent.</summary>
    public static byte[] Json(ReadOnlySpan<byte> line) => ForeignJson.Mend(line).ToArray();

    public static string Text(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line.TrimEnd((byte)'\r'));

    private static Usage? UsageOf(JsonElement line)
    {
        // An object with other fields is the command's own output, such as the answer of a model's API.
        if (!line.TryGetProperty("usage", out var value) || value.ValueKind != JsonValueKind.Object) return null;
        if (value.EnumerateObject().Any(field => !UsageFields.Contains(field.Name))) return null;
        try
        {
            var usage = value.Deserialize(HubJson.Default.Usage);
            return usage is { InputTokens: null, OutputTokens: null, CachedTokens: null, ReasoningTokens: null, CostUsd: null } ? null : usage;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
