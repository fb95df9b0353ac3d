using System.Globalization;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Shared;

/// <summary>Formats a record as one line: the time, the topic, and the main values of its data.</summary>
internal static class RecordText
{
    private const int MaxLength = 300;

    public static string Line(RecordMessage record) =>
        string.Create(CultureInfo.InvariantCulture, $"{record.At.UtcDateTime:HH:mm:ss.fff}  {record.Topic}  {Short(record)}").TrimEnd();

    private static string Short(RecordMessage record)
    {
        var data = record.Data.ToElement();
        if (data.ValueKind != JsonValueKind.Object) return PlainText.Clip(data.GetRawText(), MaxLength);
        var text = record.Topic.StartsWith("app.", StringComparison.Ordinal) ? data.GetRawText() : string.Join(", ", Parts(data).Where(p => p is not null));
        return PlainText.Clip(text, MaxLength);
    }

    private static IEnumerable<string?> Parts(JsonElement data)
    {
        yield return Text(data, "title") is { } title ? $"\"{title}\"" : Text(data, "name");
        yield return Text(data, "old_state") is { } old && old != Text(data, "state") ? $"{old} → {Text(data, "state")}" : null;
        yield return Text(data, "old_status") is { } was ? (was == Text(data, "status") ? was : $"{was} → {Text(data, "status")}") : Text(data, "status");
        yield return Text(data, "agent") is { } agent && data.TryGetProperty("task", out _) ? $"agent {agent}" : null;
        yield return Number(data, "attempt") is { } attempt ? $"attempt {attempt:0}" : null;
        yield return Number(data, "progress") is { } progress ? TaskText.Percent(progress) : null;
        yield return Text(data, "message");
        yield return Lines(data);
        yield return Object(data, "reason") is { } why ? Text(why, "message") : Text(data, "reason");
        var error = Error(data);
        // A task that failed for good repeats the error of its last attempt.
        yield return Object(data, "ended") is { } ended && (Error(ended) ?? Text(ended, "outcome")) is var end && end != error ? end : null;
        yield return error;
        yield return Number(data, "duration_ms") is { } ms ? Durations.Text(TimeSpan.FromMilliseconds(ms)) : null;
        yield return data.TryGetProperty("result", out var result) ? result.GetRawText() : null;
    }

    private static string? Lines(JsonElement data) =>
        data.TryGetProperty("lines", out var lines) && lines.ValueKind == JsonValueKind.Array
            ? string.Join(" | ", lines.EnumerateArray().Select(l => l.GetString()))
            : null;

    private static string? Error(JsonElement data) => Object(data, "error") is { } error ? $"{Text(error, "code")}: {Text(error, "message")}" : null;

    private static JsonElement? Object(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
