using System.Buffers;
using System.Text.Json;
using Waggle.Delivery;
using Waggle.Dialects.Native;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.EventStream;

/// <summary>
/// Renders waggle.v1 as server-sent events: the same JSON, one event for each message. The id of an event is a position, so a client that reconnects with
/// Last-Event-ID resumes there.
/// </summary>
public sealed class EventStreamRenderer : IRenderer
{
    private EventStreamRenderer()
    {
    }

    public static EventStreamRenderer Instance { get; } = new();

    /// <summary>The comment that keeps proxies and readers from closing a quiet stream.</summary>
    public static ReadOnlyMemory<byte> Heartbeat { get; } = ": still here\n\n"u8.ToArray();

    // Other records carry the position of the durable record before them. A delayed one may be far behind, and its id would make the client resume there.
    public void Render(Record record, IMessageWriter output) => Write(record, output, id: record.Class == RecordClass.Durable);

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output)
    {
        Begin("gap"u8, null, output);
        MessageCodec.Write(output, new Gap { From = from, To = to, Dropped = dropped });
        output.Write("\n\n"u8);
    }

    public void RenderPosition(Position position, IMessageWriter output)
    {
        Begin("position"u8, position, output);
        MessageCodec.Write(output, new PositionMessage { Position = position });
        output.Write("\n\n"u8);
    }

    /// <summary>Writes the answer to a subscription: the missed records or their loss, the newest values, and the position from which it is live.</summary>
    public void Subscribed(SubscribeResult result, IMessageWriter output)
    {
        output.Write("retry: 1000\n\n"u8);
        if (!result.Recovered)
        {
            Begin("not-recovered"u8, null, output);
            MessageCodec.Write(output, new PositionMessage { Position = result.Head });
            output.Write("\n\n"u8);
        }

        foreach (var record in result.Records) output.Write(SharedBodies.Of(record, this));

        // Their positions are before the records just sent. Without an id, they do not move a reconnecting client back.
        foreach (var record in result.Latest) Write(record, output, id: false);
        RenderPosition(result.Head, output);
    }

    public static void Expiring(DateTimeOffset at, IBufferWriter<byte> output)
    {
        Begin("auth-expiring"u8, null, output);
        MessageCodec.Write(output, new AuthExpiring { TokenExpiresAt = at });
        output.Write("\n\n"u8);
    }

    public static void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IBufferWriter<byte> output)
    {
        var wait = (long?)comeBackAfter?.TotalMilliseconds;

        // An EventSource obeys this line only.
        if (wait is { } ms)
        {
            output.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"retry: {ms}\n\n")));
        }

        Begin("bye"u8, null, output);
        MessageCodec.Write(output, new Bye { Code = code, Reason = reason, RetryAfterMs = wait });
        output.Write("\n\n"u8);
    }

    private static void Write(Record record, IBufferWriter<byte> output, bool id)
    {
        Begin("record"u8, id ? record.Position : null, output);
        WriteOneLine(record, output);
        output.Write("\n\n"u8);
    }

    // A payload keeps the line breaks between its tokens; in an event they would end the line.
    private static void WriteOneLine(Record record, IBufferWriter<byte> output)
    {
        if (record.Data.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0)
        {
            var writer = JsonWriters.Rent(output);
            NativeRenderer.Write(record, writer);
            JsonWriters.Return(writer);
            return;
        }

        var text = new ArrayBufferWriter<byte>(record.Data.Length + 256);
        using (var writer = new Utf8JsonWriter(text, JsonText.Trusted)) NativeRenderer.Write(record, writer);
        var line = text.WrittenSpan.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        output.Write(line);
    }

    private static void Begin(ReadOnlySpan<byte> name, Position? id, IBufferWriter<byte> output)
    {
        output.Write("event: "u8);
        output.Write(name);
        if (id is { } position)
        {
            Span<byte> text = stackalloc byte[41];
            System.Text.Unicode.Utf8.TryWrite(text, System.Globalization.CultureInfo.InvariantCulture, $"{position}", out var length);
            output.Write("\nid: "u8);
            output.Write(text[..length]);
        }

        output.Write("\ndata: "u8);
    }
}

/// <summary>Messages for one connection of the event stream.</summary>
public sealed class EventStreamWords(Action<IMessageWriter> write) : IDeferred
{
    /// <summary>The last message of every stream.</summary>
    public static IFarewell Last { get; } = new LastWords();

    public void Write(IMessageWriter output) => write(output);

    private sealed class LastWords : IFarewell
    {
        public IDeferred Farewell(int code, string reason) => new EventStreamWords(output => EventStreamRenderer.Goodbye(code, reason, null, output));
    }
}
