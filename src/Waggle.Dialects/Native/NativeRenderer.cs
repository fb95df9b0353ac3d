using System.Globalization;
using System.Text.Json;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.Native;

/// <summary>Renders a record for waggle.v1: its envelope, and its stored data. The only form is full JSON.</summary>
internal sealed class NativeRenderer : IRenderer
{
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static readonly NativeRenderer Instance = new();

    public void Render(Record record, IMessageWriter output)
    {
        var writer = JsonWriters.Rent(output);
        Write(record, writer);
        JsonWriters.Return(writer);
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) =>
        MessageCodec.Write(output, new Gap { From = from, To = to, Dropped = dropped });

    public void RenderPosition(Position position, IMessageWriter output) => MessageCodec.Write(output, new PositionMessage { Position = position });

    public static void Write(Record record, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "record"u8);
        NativeFrames.WritePosition(writer, record.Position);
        writer.WriteString("topic"u8, record.Topic);
        writer.WriteString("kind"u8, record.Kind);
        writer.WriteString("class"u8, record.Class switch
        {
            RecordClass.Durable => "durable"u8,
            RecordClass.Latest => "latest"u8,
            _ => "stream"u8,
        });
        Span<byte> time = stackalloc byte[24];
        record.At.UtcDateTime.TryFormat(time, out var length, TimeForm, CultureInfo.InvariantCulture);
        writer.WriteString("at"u8, time[..length]);
        if (record.Swarm is not null) writer.WriteString("swarm"u8, record.Swarm);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(record.Data.Span, skipInputValidation: true);
        writer.WriteEndObject();
    }
}
