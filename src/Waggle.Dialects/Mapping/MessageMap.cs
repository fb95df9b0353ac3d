using System.Text.Json;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.Mapping;

/// <summary>
/// Which record becomes which message of a dialect, field by field. The renderer says what stands here and nothing else, and the dialect's page has the
/// same rows.
/// </summary>
/// <param name="Kind">Of the record.</param>
/// <param name="When">Which of these records, in words; empty: each.</param>
internal abstract record MessageMap(string Message, string Kind, string When)
{
    /// <summary>Names as <c>error.code</c>, each with where it comes from.</summary>
    public abstract IEnumerable<(string Name, string From)> Fields { get; }

    public abstract bool Applies(object payload);

    /// <summary>The fields, within an object that the caller opens and ends.</summary>
    public abstract void Write(Utf8JsonWriter writer, object payload, Record record);
}

/// <typeparam name="T">The record's typed data.</typeparam>
internal sealed record MessageMap<T>(string Message, string Kind, string When, Func<T, bool>? Only, params FieldMap<T>[] Parts)
    : MessageMap(Message, Kind, When)
    where T : notnull
{
    public MessageMap(string message, string kind, params FieldMap<T>[] parts)
        : this(message, kind, "", null, parts)
    {
    }

    public override IEnumerable<(string Name, string From)> Fields => Parts.SelectMany(p => Flat(p, ""));

    public override bool Applies(object payload) => payload is T typed && (Only is null || Only(typed));

    public override void Write(Utf8JsonWriter writer, object payload, Record record)
    {
        var typed = (T)payload;
        foreach (var part in Parts) part.Write(writer, typed, record);
    }

    private static IEnumerable<(string, string)> Flat(FieldMap<T> field, string prefix) => field.Inner.Count == 0
        ? [(prefix + field.Name, field.From)]
        : field.Inner.SelectMany(f => Flat(f, $"{prefix}{field.Name}."));
}
