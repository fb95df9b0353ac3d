using System.Text.Json;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>The channels, patterns, filters and batches that a <c>subscribe</c> or <c>unsubscribe</c> names.</summary>
internal sealed record ChannelRequest
{
    /// <summary>The names and globs without duplicates.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The conditions of the filters; undefined without any.</summary>
    public JsonElement Filters { get; init; }

    public Batching? Batch { get; init; }

    /// <summary>
    /// Reads the data of a message: <c>channels</c>, <c>patterns</c>, <c>filters</c>, <c>batch</c>. A dashboard names one <c>channel</c>, outside of the data.
    /// </summary>
    /// <exception cref="DialectException">The request is invalid.</exception>
    public static ChannelRequest Read(PayloadReader message)
    {
        var data = message.Find("data") is not var (value, _) ? message
            : value.ValueKind == JsonValueKind.Object ? new PayloadReader(value, "data")
            : throw PayloadReader.Wrong("data", "an object", value);
        List<string> names = [.. NamesIn(data, "channels"), .. NamesIn(data, "patterns")];
        if ((message.Text("channel") ?? data.Text("channel")) is { } one) names.Add(one);
        if (names.Count == 0) throw PayloadReader.Invalid("data.channels or data.patterns is missing: a list of names.");
        if (names.Count > Limits.MaxTopicsPerSubscribe)
            throw PayloadReader.Invalid($"A subscription names at most {Limits.MaxTopicsPerSubscribe} channels and patterns; there were {names.Count}.");
        var filters = data.Find("filters") is var (given, _) ? given.Clone() : default;
        if (filters.ValueKind != JsonValueKind.Undefined) ChannelFilters.Check(filters);
        return new() { Names = [.. names.Distinct(StringComparer.Ordinal)], Filters = filters, Batch = BatchIn(data) };
    }

    /// <summary>Returns the channels with a fixed name that a name or glob matches.</summary>
    public static IEnumerable<Channel> Matching(string name) =>
        TopicPattern.TryParseGlob(name, out var glob) ? Channels.Fixed.Where(c => glob.Matches(c.Name)) : [];

    /// <summary>Whether a name or glob is, or can match, a channel of the dialect.</summary>
    public static bool Exists(string name) =>
        TopicPattern.TryParseGlob(name, out var glob)
            && (Channels.Fixed.Any(c => glob.Matches(c.Name)) || Channels.IsOfAgents(name) || Channels.IsOfApplication(name));

    private static IEnumerable<string> NamesIn(PayloadReader data, string field)
    {
        if (data.Find(field) is not var (value, name)) return [];
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
            : throw PayloadReader.Wrong(name, "a list of names", value);
    }

    // {"max":50,"ms":100} or true.
    private static Batching? BatchIn(PayloadReader data)
    {
        if (data.Find("batch") is not var (value, name)) return null;
        switch (value.ValueKind)
        {
            case JsonValueKind.False: return null;
            case JsonValueKind.True: return new Batching(50, 100);
            case JsonValueKind.Object:
                var batch = new PayloadReader(value, name);
                return new Batching(batch.Whole("max") ?? 50, batch.Whole("ms") ?? 100);
            default: throw PayloadReader.Wrong(name, "true, or an object with max and ms", value);
        }
    }
}
