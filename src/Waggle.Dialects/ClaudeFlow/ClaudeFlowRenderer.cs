using Waggle.Core.Apps;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// Renders a record as the events that a connection wants of it. A form is a set of events of a record; all connections that want the same share it, so that
/// each body is encoded once.
/// </summary>
/// <param name="messages">The events, as <see cref="EventSelection.MessagesOf"/> numbers them.</param>
internal sealed class ClaudeFlowRenderer(int messages) : INumberingRenderer
{
    private const int MaxForms = 256;

    private static readonly ClaudeFlowRenderer?[] Forms = new ClaudeFlowRenderer?[MaxForms];

    // The time of the last record that any client received; a gap follows it.
    private static long LastTicks;

    /// <summary>The form with every event of a record, and the messages of applications.</summary>
    public static ClaudeFlowRenderer Whole { get; } = Of(MaxForms - 1);

    /// <summary>Returns the form with these events.</summary>
    public static ClaudeFlowRenderer Of(int messages)
    {
        // Two threads may create the same form at once; they agree on the first.
        return Forms[messages] ?? Interlocked.CompareExchange(ref Forms[messages], new(messages), null) ?? Forms[messages]!;
    }

    public string Numbering => "claude-flow";

    public void Render(Record record, IMessageWriter output) => Render(record, null, output);

    void INumberingRenderer.Render(Record record, ITopicNumbers numbers, IMessageWriter output) => Render(record, numbers, output);

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => FlowFrames.Notice(
        output, "message-dropped", new DateTimeOffset(Volatile.Read(ref LastTicks), TimeSpan.Zero), (from, to, dropped), static (writer, gap) =>
        {
            writer.WriteNumber("dropped"u8, gap.dropped);
            writer.WriteString("from"u8, gap.from.ToString());
            writer.WriteString("to"u8, gap.to.ToString());
        });

    // Each event has its own position, and the answer to a subscription has that of the log.
    public void RenderPosition(Position position, IMessageWriter output)
    {
    }

    private void Render(Record record, ITopicNumbers? numbers, IMessageWriter output)
    {
        Volatile.Write(ref LastTicks, record.At.UtcTicks);
        if (record.Payload is AppPublished published)
        {
            if (AppTopics.ClientTopicOf(record.Topic) is not { } topic) return;
            FlowFrames.Event(output, IdOf(record, 0), topic, record.At, record.Position, published.Data, static (writer, data) =>
            {
                if (data.IsNull) writer.WriteNullValue();
                else writer.WriteRawValue(data.Utf8.Span, skipInputValidation: true);
            }, numbers?.Of(topic));
            return;
        }

        var rows = RecordRows.Of(record);
        for (var i = 0; i < rows.Rows.Length; i++)
        {
            if ((messages & (1 << (2 * i))) != 0) Write(output, rows, i, rows.Rows[i].Type.TopicOf(rows.Ids[i]), 2 * i, numbers);
            if ((messages & (2 << (2 * i))) != 0) Write(output, rows, i, rows.Rows[i].Type.RollUp, (2 * i) + 1, numbers);
        }
    }

    private static void Write(IMessageWriter output, RecordRows rows, int row, string topic, int number, ITopicNumbers? numbers)
    {
        var (map, payload, sequence) = (rows.Rows[row].Map, rows.Payload!, numbers?.Of(topic));
        if (rows.Rows[row].Split is not { } split)
        {
            Write(output, rows.Record, topic, number, map, payload, sequence);
            return;
        }

        foreach (var part in split(payload)) Write(output, rows.Record, topic, number, map, part, sequence);
    }

    private static void Write(IMessageWriter output, Record record, string topic, int number, MessageMap map, object payload, long? sequence) =>
        FlowFrames.Event(
            output, IdOf(record, number), topic, record.At, record.Position, (map, payload, record), static (writer, s) =>
            {
                writer.WriteStartObject();
                s.map.Write(writer, s.payload, s.record);
                writer.WriteEndObject();
            }, sequence);

    private static string IdOf(Record record, int number) => $"{record.Position}-{number}";
}
