using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// The <c>filters</c> of a subscription: a field of the data with its value, or with a list of values of which one must match. A condition applies to the
/// messages that have the field; other messages of the channel pass.
/// </summary>
internal static class ChannelFilters
{
    private static readonly string[] Ended =
        ["task_completed", "task_failed", "task_cancelled", "task_expired", "task_retry_scheduled", "task_requeued", "task_input_required",
            "task_verifying"];

    private static readonly string[] Held = ["task_assigned", "task_progress"];
    private static readonly string[] OfAgents = ["agent_registered", "agent_status"];
    private static readonly string[] OfMemory = ["memory_stored", "memory_deleted", "memory_expired"];
    private static readonly string[] OfSwarms = ["swarm_created", "swarm_state", "swarm_metrics"];

    /// <summary>The sources of each field: kinds of records, and the path of the field in them.</summary>
    private static readonly Dictionary<string, (string[] Kinds, string Path)[]> Fields = new(StringComparer.Ordinal)
    {
        ["swarmId"] = [([.. OfSwarms, .. OfAgents, .. Held, .. Ended, .. OfMemory], "swarm")],
        ["agentId"] = [([.. OfAgents, .. Held], "data.agent"), (Ended, "data.ended.agent")],
        ["assignedTo"] = [(["task_assigned"], "data.agent")],
        ["agentType"] = [(["agent_registered"], "data.type"), (Held, "data.agent_type")],
        ["taskId"] = [([.. Held, .. Ended], "data.task")],
        ["namespace"] = [(OfMemory, "data.namespace")],
        ["key"] = [(OfMemory, "data.key")],
        ["status"] = [(["swarm_state", "swarm_metrics"], "data.state")],
        [Priority] = [([.. Held, .. Ended], "data.priority")],
    };

    public const string Type = "type";

    private const string Priority = "priority";

    public static string Names { get; } = string.Join(", ", Fields.Keys.Append(Type));

    /// <summary>Checks the filters of a request.</summary>
    /// <exception cref="DialectException">A filter is invalid.</exception>
    public static void Check(JsonElement filters)
    {
        if (filters.ValueKind != JsonValueKind.Object) throw PayloadReader.Invalid($"filters is an object: {Names}, each with a value or a list of values.");
        foreach (var filter in filters.EnumerateObject())
        {
            if (filter.Name != Type && !Fields.ContainsKey(filter.Name))
                throw PayloadReader.Invalid($"filters has no field '{PayloadReader.Clip(filter.Name)}': the fields are {Names}.");
            var values = ValuesOf(filter.Value);
            if (values.Length is 0 or > Limits.MaxFilterValues || values.Any(v => v.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)))
                throw PayloadReader.Invalid($"filters.{filter.Name} is a text or a number, or a list of 1 to {Limits.MaxFilterValues} of them.");
        }
    }

    /// <summary>Returns the hub's filter for a channel; null if none of the conditions concerns it.</summary>
    public static string? Of(Channel channel, JsonElement filters)
    {
        var conditions = new List<string>();
        foreach (var filter in filters.EnumerateObject())
        {
            var values = filter.Name == Priority ? Priorities(filter.Value) : ValuesOf(filter.Value);
            if (filter.Name == Type) conditions.Add(OfType(channel, values));
            else if (Of(channel, Fields[filter.Name], values) is { } condition) conditions.Add(condition);
        }

        return conditions.Count == 0 ? null : $$"""{"and":[{{string.Join(',', conditions)}}]}""";
    }

    // A record of another kind passes, because its message has no such field.
    private static string? Of(Channel channel, (string[] Kinds, string Path)[] sources, JsonElement[] values)
    {
        var here = sources.Select(s => (Kinds: s.Kinds.Where(channel.ByKind.ContainsKey).ToArray(), s.Path)).Where(s => s.Kinds.Length > 0).ToArray();
        if (here.Length == 0) return null;
        var parts = new List<string> { $$"""{"not":{{In("kind", here.SelectMany(s => s.Kinds))}}}""" };
        parts.AddRange(here.Select(s => $$"""{"and":[{{In("kind", s.Kinds)}},{{In(s.Path, values)}}]}"""));
        return $$"""{"or":[{{string.Join(',', parts)}}]}""";
    }

    // The records have the numbers of the hub, where several stand for one word.
    private static JsonElement[] Priorities(JsonElement words)
    {
        var numbers = Enumerable.Range(1, 5).Where(n => ValuesOf(words).Any(w => w.ToString() is var word
            && (word.Equals(Vocabulary.OfPriority(n), StringComparison.OrdinalIgnoreCase) || word == n.ToString(CultureInfo.InvariantCulture))));
        JsonElement[] found = [.. numbers.Select(n => JsonElement.Parse(n.ToString(CultureInfo.InvariantCulture)))];
        return found.Length > 0 ? found : [JsonElement.Parse("0")];
    }

    private static string OfType(Channel channel, JsonElement[] values)
    {
        var types = values.Select(v => v.ToString()).ToHashSet(StringComparer.Ordinal);
        var kinds = channel.Rows.Where(r => types.Contains(r.Message)).Select(r => r.Kind).Distinct(StringComparer.Ordinal).ToArray();
        return In("kind", kinds.Length > 0 ? kinds : ["none"]);
    }

    private static string In(string field, IEnumerable<string> values) => Write(field, writer =>
    {
        foreach (var value in values) writer.WriteStringValue(value);
    });

    private static string In(string field, JsonElement[] values) => Write(field, writer =>
    {
        foreach (var value in values) value.WriteTo(writer);
    });

    private static string Write(string field, Action<Utf8JsonWriter> values)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using var writer = new Utf8JsonWriter(output, JsonText.Checked);
        writer.WriteStartObject();
        writer.WriteString("field"u8, field);
        writer.WriteStartArray("in"u8);
        values(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static JsonElement[] ValuesOf(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
}
