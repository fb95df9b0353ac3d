using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>Maps a record to one event of a channel.</summary>
/// <param name="Map">The data, field by field, as the dialect's page shows it.</param>
/// <param name="IdOf">Returns the id in the topic; null if the record is no such event.</param>
internal sealed record EventRow(EventType Type, MessageMap Map, Func<object, string?> IdOf)
{
    /// <summary>Splits the data of a record that is several events; null for one event.</summary>
    public Func<object, IEnumerable<object>>? Split { get; init; }

    public static EventRow Of<T>(EventType type, string kind, Func<T, string?> id, params FieldMap<T>[] fields)
        where T : RecordData => Of(type, kind, "", null, id, fields);

    /// <param name="when">The description of the matching records of the kind.</param>
    public static EventRow Of<T>(EventType type, string kind, string when, Func<T, bool>? only, Func<T, string?> id, params FieldMap<T>[] fields)
        where T : RecordData => new(
            type,
            new MessageMap<T>(type.TopicOf("ID"), kind, when, only, [.. fields, Timestamp<T>()]),
            payload => payload is T typed && (only is null || only(typed)) ? id(typed) : null);

    /// <summary>The field with a time in milliseconds since 1970.</summary>
    public static FieldMap<T> Milliseconds<T>(string name, string from, Func<T, Record, DateTimeOffset?> value)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, record) =>
        {
            if (value(source, record) is { } time) writer.WriteNumber(encoded, time.ToUnixTimeMilliseconds());
        });
    }

    private static FieldMap<T> Timestamp<T>() => Milliseconds<T>("timestamp", "at", (_, record) => record.At);
}
