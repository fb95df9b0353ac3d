using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.Mapping;

/// <summary>One field of a foreign message. A field without a value in the record is left out of the message.</summary>
/// <param name="From">The source, with the names of spec/waggle.v1.md; the dialect's page has the same.</param>
internal sealed record FieldMap<T>(string Name, string From, Action<Utf8JsonWriter, T, Record> Write)
{
    /// <summary>The fields of an object; empty for all others.</summary>
    public IReadOnlyList<FieldMap<T>> Inner { get; init; } = [];
}

/// <summary>Creates fields by type.</summary>
internal static class Field<T>
{
    public static FieldMap<T> Text(string name, string from, Func<T, string?> value)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, _) =>
        {
            if (value(source) is { } text) writer.WriteString(encoded, text);
        });
    }

    public static FieldMap<T> Number(string name, string from, Func<T, double?> value)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, _) =>
        {
            if (value(source) is { } number) writer.WriteNumber(encoded, number);
        });
    }

    /// <summary>Creates a field that is always present, and null where the source has no text.</summary>
    public static FieldMap<T> TextOrNull(string name, string from, Func<T, string?> value)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, _) => writer.WriteString(encoded, value(source)));
    }

    /// <summary>Creates a field that is always present, and null where the source has no number.</summary>
    public static FieldMap<T> NumberOrNull(string name, string from, Func<T, double?> value)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, _) =>
        {
            if (value(source) is { } number) writer.WriteNumber(encoded, number);
            else writer.WriteNull(encoded);
        });
    }

    /// <summary>Creates a field that clients expect and this hub does not measure.</summary>
    public static FieldMap<T> Null(string name)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, "null: not measured", (writer, _, _) => writer.WriteNull(encoded));
    }

    public static FieldMap<T> Whole(string name, string from, Func<T, long?> value)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, _) =>
        {
            if (value(source) is { } number) writer.WriteNumber(encoded, number);
        });
    }

    public static FieldMap<T> Flag(string name, string from, Func<T, bool> value)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, _) => writer.WriteBoolean(encoded, value(source)));
    }

    public static FieldMap<T> Time(string name, string from, Func<T, Record, DateTimeOffset?> value)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, record) =>
        {
            if (value(source, record) is not { } time) return;
            writer.WritePropertyName(encoded);
            IsoTime.Write(writer, time);
        });
    }

    public static FieldMap<T> Json(string name, string from, Func<T, RawJson> value)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, _) =>
        {
            var json = value(source);
            if (json.IsNull) return;
            writer.WritePropertyName(encoded);
            writer.WriteRawValue(json.Utf8.Span, skipInputValidation: true);
        });
    }

    /// <summary>Creates a field with a value of any form.</summary>
    public static FieldMap<T> Value(string name, string from, Action<Utf8JsonWriter, T> write)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, from, (writer, source, _) =>
        {
            writer.WritePropertyName(encoded);
            write(writer, source);
        });
    }

    /// <summary>Creates a field with an object.</summary>
    public static FieldMap<T> Group(string name, params FieldMap<T>[] inner)
    {
        var encoded = JsonEncodedText.Encode(name);
        return new(name, "", (writer, source, record) =>
        {
            writer.WriteStartObject(encoded);
            foreach (var field in inner) field.Write(writer, source, record);
            writer.WriteEndObject();
        })
        { Inner = inner };
    }
}
