using System.Text.Json;
using Waggle.Protocol.Records;

namespace Waggle.Delivery.Filters;

internal enum Comparison
{
    Eq,
    In,
    Exists,
    Gt,
    Lt,
    Prefix,
}

/// <summary>
/// Compares one field with one or more values. A field that is absent, null or of another type than the value is never equal, greater, less or prefixed.
/// </summary>
/// <param name="slot">The index at which the scan stores a field of the data; -1 for a field of the envelope.</param>
/// <param name="wanted">For <see cref="Comparison.Exists"/>, whether the field has to be there.</param>
internal sealed class CompareNode(FieldPath field, int slot, Comparison comparison, Literal[] values, bool wanted = true) : FilterNode
{
    public override bool Holds(in FieldValues context) => slot < 0 ? Holds(Envelope(context.Record)) : Holds(context.Record.Data.Span, context.Slots[slot]);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("field"u8, field.Text);
        writer.WritePropertyName(Names[(int)comparison]);
        if (comparison == Comparison.Exists) writer.WriteBooleanValue(wanted);
        else if (comparison == Comparison.In) writer.WriteRawValue(
            $"[{string.Join(',', values.Select(v => v.Form).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}]");
        else writer.WriteRawValue(values[0].Form);
        writer.WriteEndObject();
    }

    public static string[] Names { get; } = ["eq", "in", "exists", "gt", "lt", "prefix"];

    private bool Holds(ReadOnlySpan<byte> data, in FieldSlot value)
    {
        switch (comparison)
        {
            case Comparison.Exists: return value.IsThere == wanted;
            case Comparison.Gt: return values[0].Compare(data, value) > 0;
            case Comparison.Lt: return values[0].Compare(data, value) < 0;
            case Comparison.Prefix: return values[0].Begins(data, value);
            default:
                foreach (var one in values)
                {
                    if (one.Equal(data, value)) return true;
                }

                return false;
        }
    }

    private bool Holds(string? value)
    {
        switch (comparison)
        {
            case Comparison.Exists: return value is not null == wanted;
            case Comparison.Gt: return values[0].Compare(value) > 0;
            case Comparison.Lt: return values[0].Compare(value) < 0;
            case Comparison.Prefix: return values[0].Begins(value);
            default:
                foreach (var one in values)
                {
                    if (one.Equal(value)) return true;
                }

                return false;
        }
    }

    private string? Envelope(Record record) => field.Text switch
    {
        "kind" => record.Kind,
        "topic" => record.Topic,
        "swarm" => record.Swarm,
        _ => record.Class switch { RecordClass.Durable => "durable", RecordClass.Latest => "latest", _ => "stream" },
    };
}
