using System.Buffers;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZenFlow;

/// <summary>
/// The dialect of the hub's Socket.IO namespace (spec/socket.io.md): clients subscribe to categories and receive their records as events. Its frames are
/// packets of Socket.IO. The transport below it handles connecting, heartbeats and the change of transports.
/// </summary>
public sealed class ClaudeZenFlowDialect : ForeignDialect
{
    // These codes end the connection for good, because the hub would refuse the client again.
    private static readonly int[] Final = [CloseCodes.TokenExpired, CloseCodes.HelloRefused];

    private const int MaxQuoted = 40;

    private readonly HashSet<string> _subscribed = new(StringComparer.Ordinal);

    public static DialectEntry Entry { get; } = new("claude-zen-flow", 3456, () => new ClaudeZenFlowDialect()) { Routes = ClaudeZenFlowHttp.Routes };

    public override IRenderer Renderer => ClaudeZenFlowRenderer.Instance;

    public override Heartbeat Heartbeat => Heartbeat.Beneath;

    // The transport has sent the greeting, and the client receives the records that it subscribes to.
    public override bool Open(in Opening opening, List<Intent> intents) => true;

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        var call = EventFrames.Read(frame, out var argument);
        try
        {
            Read(call, argument, by, intents);
        }
        catch (DialectException e)
        {
            intents.Add(Error(call.Id, e.Error.Message, e.Error.Code));
        }
    }

    public override void Refuse(string code, string message, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        intents.Add(Error(null, message, code));
    }

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output)
    {
        ArgumentNullException.ThrowIfNull(intent);

        // A subscription that was refused is not there, and the client has left it all the same.
        if (outcome.Error is { } error && !(intent is UnsubscribeIntent && error.Code == ErrorCodes.NotFound))
        {
            Fail(CallOf(intent.Tag), error, output);
            return;
        }

        switch (intent.Tag)
        {
            case CategoryTag tag:
                Subscribed(tag, (SubscribeResult)outcome.Value!, output);
                break;
            case LeaveTag { Call.Id: { } id } left:
                EventFrames.Ack(output, id, left.Request, WriteLeft);
                break;
            case Call call:
                Replies.Write(output, call, intent, outcome.Value!);
                break;
        }
    }

    public override void Expiring(DateTimeOffset at, IMessageWriter output) => EventFrames.Event(
        output, "auth:expiring"u8, at, static (writer, at) => writer.WriteString("expires_at"u8, at.UtcDateTime));

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (comeBackAfter is { } wait)
        {
            EventFrames.Event(output, "bye"u8, (reason, wait), static (writer, bye) =>
            {
                writer.WriteString("reason"u8, bye.reason);
                writer.WriteNumber("retry_after_ms"u8, (long)bye.wait.TotalMilliseconds);
            });
            return;
        }

        if (code == CloseCodes.Normal) return;
        EventFrames.Error(output, null, reason, CodeOf(code));
        if (!Final.AsSpan().Contains(code)) return;
        output.Write(EventFrames.Disconnect);
        output.Next();
    }

    private void Read(Call call, ReadOnlySpan<byte> argument, Principal by, List<Intent> intents)
    {
        if (call.HasAttachments)
            throw CategoryRequest.Invalid($"{PlainText.Clip(call.Name, MaxQuoted)}: the hub takes no binary attachments. Send bytes as text, such as Base64.");
        if (call.Name is "ping" or "pong")
        {
            // A client measures the round trip with the time that it sent, so the answer repeats it unchanged.
            var output = new MessageBuffer(argument.Length + 32);
            EventFrames.Echo(output, call.Id, argument);
            intents.Add(new ReplyIntent(output.Written));
        }
        else if (call.Name == "subscribe") Subscribe(call, CategoryRequest.Read(Parse(call, argument)), intents);
        else if (call.Name == "unsubscribe") Unsubscribe(call, CategoryRequest.Read(Parse(call, argument)), intents);
        else if (UnavailableCommands.Reasons.TryGetValue(call.Name, out var reason))
        {
            intents.Add(Error(call.Id, $"{call.Name}: {reason}", ErrorCodes.NotAvailable));
        }
        else if (Commands.Find(call.Name) is { } command) intents.Add(command.Read(call, new PayloadReader(Parse(call, argument), ""), by));
        else intents.Add(Error(call.Id, $"Unknown event '{PlainText.Clip(call.Name, MaxQuoted)}': clients send {Commands.Names}.", ErrorCodes.UnknownType));
    }

    private static JsonElement Parse(Call call, ReadOnlySpan<byte> argument)
    {
        try
        {
            return JsonElement.Parse(argument, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
        }
        catch (JsonException)
        {
            throw CategoryRequest.Invalid(
                $"The argument of {call.Name} is nested too deeply: at most {Limits.MaxDepth} objects and arrays within each other.");
        }
    }

    private void Subscribe(Call call, CategoryRequest asked, List<Intent> intents)
    {
        var heard = asked.Names.Where(c => Categories.TopicsOf(c).Count > 0).ToArray();
        if (heard.Length == 0) intents.Add(Subscribed(call, asked));
        var recovery = new Recovery();
        foreach (var category in heard)
        {
            _subscribed.Add(category);
            var tag = new CategoryTag(call, asked, IsLast: category == heard[^1]) { Recovery = recovery };
            intents.Add(new SubscribeIntent(tag, Categories.TopicsOf(category), asked.Since)
            {
                AsPermitted = true,
                Name = category,
                Filter = asked.FilterOf(category),
            });
        }
    }

    private void Unsubscribe(Call call, CategoryRequest asked, List<Intent> intents)
    {
        var held = asked.Names.Where(_subscribed.Remove).ToArray();
        foreach (var category in held) intents.Add(new UnsubscribeIntent(category == held[^1] ? new LeaveTag(call, asked) : null, category));
        if (held.Length > 0 || call.Id is not { } id) return;
        var output = new MessageBuffer(64);
        EventFrames.Ack(output, id, asked, WriteLeft);
        intents.Add(new ReplyIntent(output.Written));
    }

    // Sent after the missed records of the category.
    private static void Subscribed(CategoryTag tag, SubscribeResult result, IMessageWriter output)
    {
        tag.Recovery.IsWhole &= result.Recovered;
        foreach (var record in result.Records)
        {
            output.Write(SharedBodies.Of(record, ClaudeZenFlowRenderer.Instance));
            output.Next();
        }

        if (!tag.IsLast || tag.Call is not { IsAnswered: false, Id: { } id }) return;
        EventFrames.Ack(output, id, (tag, result.Head), static (writer, state) =>
        {
            WriteSubscribed(writer, state.tag.Request);
            if (state.tag.Request.Since is null) return;
            writer.WriteBoolean("recovered"u8, state.tag.Recovery.IsWhole);
            writer.WriteString("position"u8, state.Head.ToString());
        });
    }

    private static ReplyIntent Subscribed(Call call, CategoryRequest asked)
    {
        var output = new MessageBuffer(64);
        if (call.Id is { } id) EventFrames.Ack(output, id, asked, WriteSubscribed);
        return new ReplyIntent(output.Written);
    }

    private static void WriteSubscribed(Utf8JsonWriter writer, CategoryRequest asked)
    {
        WriteNames(writer, "subscribed"u8, asked);
        if (asked.FiltersSaid is { } said) writer.WriteString("filters"u8, said);
    }

    private static void WriteLeft(Utf8JsonWriter writer, CategoryRequest asked) => WriteNames(writer, "unsubscribed"u8, asked);

    private static void WriteNames(Utf8JsonWriter writer, ReadOnlySpan<byte> name, CategoryRequest asked)
    {
        writer.WriteStartArray(name);
        foreach (var category in asked.Names) writer.WriteStringValue(category);
        writer.WriteEndArray();
    }

    // A call has one answer. Each further error is an event.
    private static void Fail(Call? call, Error error, IMessageWriter output)
    {
        var id = call is { IsAnswered: false } ? call.Id : null;
        call?.IsAnswered = true;
        EventFrames.Error(output, id, error.Message, error.Code);
    }

    private static Call? CallOf(object? tag) => tag switch { CategoryTag category => category.Call, LeaveTag left => left.Call, _ => tag as Call };

    private static ReplyIntent Error(long? id, string message, string code)
    {
        var output = new MessageBuffer(160);
        EventFrames.Error(output, id, message, code);
        return new ReplyIntent(output.Written);
    }

    private static string CodeOf(int closeCode) => closeCode switch
    {
        CloseCodes.SlowConsumer => "SLOW_CONSUMER",
        CloseCodes.Draining => "DRAINING",
        CloseCodes.TokenExpired => "TOKEN_EXPIRED",
        CloseCodes.MessageTooBig => ErrorCodes.TooLarge,
        _ => ErrorCodes.Internal,
    };
}
