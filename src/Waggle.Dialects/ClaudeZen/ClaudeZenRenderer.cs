using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// The form of records outside of the dialect's own channels: messages of applications, on the channel that is their topic. It also writes gaps, and the
/// envelope of batches.
/// </summary>
internal sealed class ClaudeZenRenderer : IRenderer
{
    public static readonly ClaudeZenRenderer Instance = new();

    // The time of the last rendered record; a gap follows it.
    private long _lastTicks;

    public BatchEnvelope Batches { get; } = new("""{"type":"batch_update","data":{"updates":["""u8.ToArray(), "]}}"u8.ToArray());

    /// <summary>Notes the time of a rendered record.</summary>
    public void Rendered(Record record) => Volatile.Write(ref _lastTicks, record.At.UtcTicks);

    public void Render(Record record, IMessageWriter output)
    {
        if (!Channels.IsOfApplication(record.Topic)) return;
        Rendered(record);
        var writer = Protocol.Json.JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("channel"u8, record.Topic);
        writer.WritePropertyName("timestamp"u8);
        Mapping.IsoTime.Write(writer, record.At);
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(record.Data.Span, skipInputValidation: true);
        writer.WriteEndObject();
        Protocol.Json.JsonWriters.Return(writer);
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => ClaudeZenFrames.Error(
        output,
        new DateTimeOffset(Volatile.Read(ref _lastTicks), TimeSpan.Zero),
        new("MESSAGES_DROPPED", "The client read too slowly: progress and status messages were dropped. The next message of each has the newest values.")
        {
            Details = [("dropped", dropped)],
        });

    public void RenderPosition(Position position, IMessageWriter output)
    {
    }
}
