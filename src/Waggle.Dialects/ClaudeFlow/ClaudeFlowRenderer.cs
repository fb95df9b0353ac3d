using Waggle.Core.Apps;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// Renders a record as the events that a connection wants of it. A form is a set of events of a record; all connections that want the same share it, so that
/// each body is encoded once.
/// </summary>
/// <param name="messages">The events, as <see cref="EventSelection.MessagesOf"/> numbers them.</param>
internal sealed class ClaudeFlowRenderer(int messages) : IRenderer
{
    private const int MaxForms = 256;

    private static readonly ClaudeFlowRenderer?[] Forms = new ClaudeFlowRenderer?[MaxForms];

    // The time of the last record that any client received; a gap follows it.
    private static long _lastTicks;

    /// <summary>The form with every event of a record, and the messages of applications.</summary>
    public static ClaudeFlowRenderer Whole { get; } = Of(MaxForms - 1);

    /// <summary>Returns the form with these events.</summary>
    public static ClaudeFlowRenderer Of(int messages)
    {
        // Two threads may create the same form at once; they agree on the first.
        return Forms[messages] ?? Interlocked.CompareExchange(ref Forms[messages], new(messages), null) ?? Forms[messages]!;
    }

    public void Render(Record record, IMessageWriter output)
    {
        Volatile.Write(ref _lastTicks, record.At.UtcTicks);
        if (record.Payload is AppPublished published)
        {
            if (AppTopics.ClientTopicOf(record.Topic) is not { } topic) return;
            FlowFrames.Event(output, IdOf(record, 0), topic, record.At, record.Position, published.Data, static (writer, data) =>
            {
                if (data.IsNull) writer.WriteNullValue();
                else writer.WriteRawValue(data.Utf8.Span, skipInputValidation: true);
            });
            return;
        }

        var rows = RecordRows.Of(record);
        for (var i = 0; i < rows.Rows.Length; i++)
        {
            if ((messages & (1 << (2 * i))) != 0) Write(output, rows, i, rows.Rows[i].Type.TopicOf(rows.Ids[i]), 2 * i);
            if ((messages & (2 << (2 * i))) != 0) Write(output, rows, i, rows.Rows[i].Type.RollUp, (2 * i) + 1);
        }
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => FlowFrames.Notice(
        output, "message-dropped", new DateTimeOffset(Volatile.Read(ref _lastTicks), TimeSpan.Zero), (from, to, dropped), static (writer, gap) =>
        {
            writer.WriteNumber("dropped"u8, gap.dropped);
            writer.WriteString("from"u8, gap.from.ToString());
            writer.WriteString("to"u8, gap.to.ToString());
        });

    // Each event has its own position, and the answer to a subscription has that of the log.
    public void RenderPosition(Position position, IMessageWriter output)
    {
    }

    private static void Write(IMessageWriter output, RecordRows rows, int row, string topic, int number) => FlowFrames.Event(
        output, IdOf(rows.Record, number), topic, rows.Record.At, rows.Record.Position, (rows, row), static (writer, s) =>
        {
            writer.WriteStartObject();
            s.rows.Rows[s.row].Map.Write(writer, s.rows.Payload!, s.rows.Record);
            writer.WriteEndObject();
        });

    private static string IdOf(Record record, int number) => $"{record.Position}-{number}";
}
