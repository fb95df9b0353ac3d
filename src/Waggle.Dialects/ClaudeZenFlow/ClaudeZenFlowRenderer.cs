using System.Text;
using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Core.Topology;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>
/// Renders a record as an event named after its kind, with the record's data. All sockets share one instance, so that each packet is encoded once.
/// </summary>
internal sealed class ClaudeZenFlowRenderer : IRenderer
{
    public static readonly ClaudeZenFlowRenderer Instance = new();

    public void Render(Record record, IMessageWriter output)
    {
        ArgumentNullException.ThrowIfNull(record);
        var name = Categories.EventOf(record);
        EventFrames.Event(output, Encoding.UTF8.GetBytes(name), (record, name), Write);
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => EventFrames.Event(
        output, "gap"u8, (from, to, dropped), static (writer, gap) =>
        {
            writer.WriteString("from"u8, gap.from.ToString());
            writer.WriteString("to"u8, gap.to.ToString());
            writer.WriteNumber("dropped"u8, gap.dropped);
        });

    // Each event has its own position, and the answer to a subscription has that of the log.
    public void RenderPosition(Position position, IMessageWriter output)
    {
    }

    private static void Write(Utf8JsonWriter writer, (Record Record, string Name) state)
    {
        var (record, name) = state;
        writer.WriteString("id"u8, Categories.IdOf(record));
        writer.WriteString("event"u8, name);
        if (record.Kind == Categories.TopologyChange && record.Typed() is TopologyChanged changed) WriteChange(writer, changed);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(record.Data.Span, skipInputValidation: true);
        writer.WriteString("timestamp"u8, record.At.UtcDateTime);
        writer.WriteString("topic"u8, record.Topic);
        writer.WriteString("position"u8, record.Position.ToString());
    }

    private static void WriteChange(Utf8JsonWriter writer, TopologyChanged changed)
    {
        writer.WriteString("swarmId"u8, changed.SwarmId);
        writer.WriteString("from"u8, Vocabulary.Of(changed.From));
        writer.WriteString("to"u8, Vocabulary.Of(changed.To));
        if (changed.Reason is { } reason) writer.WriteString("reason"u8, reason);
    }
}
