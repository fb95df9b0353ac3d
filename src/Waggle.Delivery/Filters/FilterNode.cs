using System.Text.Json;
using Waggle.Protocol.Records;

namespace Waggle.Delivery.Filters;

/// <summary>A record and the ranges of the fields that a filter compares.</summary>
internal readonly ref struct FieldValues(Record record, ReadOnlySpan<FieldSlot> slots)
{
    public Record Record { get; } = record;

    public ReadOnlySpan<FieldSlot> Slots { get; } = slots;
}

/// <summary>A node of a filter's tree. Nodes that differ only in order have the same written form.</summary>
internal abstract class FilterNode
{
    public abstract bool Holds(in FieldValues values);

    public abstract void Write(Utf8JsonWriter writer);
}

internal sealed class AllNode(FilterNode[] parts) : FilterNode
{
    public override bool Holds(in FieldValues values)
    {
        foreach (var part in parts)
        {
            if (!part.Holds(values)) return false;
        }

        return true;
    }

    public override void Write(Utf8JsonWriter writer) => FilterForm.Write(writer, "and", parts);
}

internal sealed class AnyNode(FilterNode[] parts) : FilterNode
{
    public override bool Holds(in FieldValues values)
    {
        foreach (var part in parts)
        {
            if (part.Holds(values)) return true;
        }

        return false;
    }

    public override void Write(Utf8JsonWriter writer) => FilterForm.Write(writer, "or", parts);
}

internal sealed class NotNode(FilterNode part) : FilterNode
{
    public override bool Holds(in FieldValues values) => !part.Holds(values);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("not"u8);
        part.Write(writer);
        writer.WriteEndObject();
    }
}
