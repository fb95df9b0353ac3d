using System.Text.Json;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.Mapping;

/// <summary>The fields of a dialect's object that is written from a view, in an answer, a list or a snapshot.</summary>
internal sealed class ObjectMap<T>(params FieldMap<T>[] fields)
{
    public IReadOnlyList<FieldMap<T>> Fields => fields;

    /// <summary>Writes an object with the fields.</summary>
    public void Write(Utf8JsonWriter writer, T value)
    {
        writer.WriteStartObject();
        WriteFields(writer, value);
        writer.WriteEndObject();
    }

    /// <summary>Writes the fields into an object that the caller opens and ends.</summary>
    public void WriteFields(Utf8JsonWriter writer, T value)
    {
        foreach (var field in fields) field.Write(writer, value, ObjectMap.NoRecord);
    }
}

internal static class ObjectMap
{
    /// <summary>The record argument of a field whose source is a view and not a record.</summary>
    public static readonly Record NoRecord = new(default, "", "view", RecordClass.Latest, default, null, default);
}
