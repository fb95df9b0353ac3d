using System.Text.Json;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.Mapping;

/// <summary>Maps a record to a message of a dialect, field by field. The renderer writes these fields only, and the dialect's page has the same rows.</summary>
/// <param name="Kind">The kind of the record.</param>
/// <param name="When">The description of the matching records of the kind; empty for all.</param>
internal abstract record MessageMap(string Message, string Kind, string When)
{
    /// <summary>The names, such as <c>error.code</c>, each with its source.</summary>
    public abstract IEnumerable<(string Name, string From)> Fields { get; }

    public abstract bool Applies(object payload);

    /// <summary>Writes the fields into an object that the caller opens and ends.</summary>
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
