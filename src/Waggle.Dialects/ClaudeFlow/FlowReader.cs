using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Apps;
using Waggle.Core.Kernel;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Topics;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>Reads the messages of one connection. One thread at a time, except <see cref="Patterns"/> and <see cref="Agent"/>.</summary>
internal sealed class FlowReader(HeldLeases leases)
{
    private const int MaxIdLength = 200;

    // More would be another kind of client: a pattern stands for many topics.
    private const int MaxTopics = Limits.MaxTopicsPerSubscribe;

    private volatile string _agent = "";
    private string _session = "";
    private Principal? _stranger;
    private bool _admitted;
    private bool _authenticated;
    private bool _left;

    /// <summary>The messages that clients send, each with its effect; the page has the same.</summary>
    public static IReadOnlyList<(string Type, string Becomes)> Taken { get; } =
    [
        ("version-negotiation", "`version-negotiation` with the version that the hub speaks"),
        ("auth", "authenticates the connection; later, replaces its token"),
        ("ping", "`pong` with `latency`: the time of arrival less `timestamp`"),
        ("subscribe", "subscribes to `topics`, each a topic or pattern; with `since`, from a position"),
        ("unsubscribe", "ends the subscriptions to `topics`"),
        ("publish", "a report to a channel, or a message of an application"),
    ];

    public HeldPatterns Patterns { get; } = new();

    /// <summary>The agent that the connection reports as.</summary>
    public string Agent => _agent;

    public void Open(string session, bool admitted) => (_session, _admitted) = (session, admitted);

    /// <param name="call">The id and type of the message, as soon as they are known.</param>
    /// <exception cref="DialectException">The frame is no message.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> frame, ref FlowCall? call)
    {
        JsonElement message;
        try
        {
            message = JsonElement.Parse(frame, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
        }
        catch (JsonException e)
        {
            throw Malformed($"Invalid message format: {JsonFault.Describe(e)}");
        }

        if (message.ValueKind != JsonValueKind.Object) throw Malformed("Invalid message format: a message is an object.");
        if (Text(message, "id") is not { Length: > 0 and <= MaxIdLength } id)
            throw Malformed($"Invalid message format: id is text of 1 to {MaxIdLength} characters.");
        call = new FlowCall(id, "");
        if (Text(message, "type") is not { Length: > 0 } type) throw Malformed("Invalid message format: type is missing.");
        call = new FlowCall(id, type);
        if (Text(message, "version") is not { Length: > 0 } version) throw Malformed("Invalid message format: version is missing.");
        if (!message.TryGetProperty("timestamp", out var at) || PayloadReader.NumberOf(at) is null or 0 || at.ValueKind != JsonValueKind.Number)
            throw Malformed("Invalid message format: timestamp is missing: milliseconds since 1970.");
        return version == FlowFrames.Version ? message : throw new DialectException(new(
            ErrorCodes.UnsupportedProtocol, $"This hub speaks version {FlowFrames.Version}; the message has '{PayloadReader.Clip(version)}'."));
    }

    public void Read(FlowCall call, JsonElement message, Principal by, List<Intent> intents, ClaudeFlowDialect dialect)
    {
        // A successful authentication has replaced the principal of a client without one.
        _stranger ??= by;
        _admitted |= !ReferenceEquals(_stranger, by);
        var body = new PayloadReader(message, "");
        switch (call.Type)
        {
            case "ping":
                var latency = (long)Math.Round(dialect.Now.ToUnixTimeMilliseconds() - message.GetProperty("timestamp").GetDouble());
                intents.Add(ClaudeFlowDialect.Reply(output => FlowFrames.Write(
                    output, $"pong-{call.Id}", "pong", dialect.Now, latency, static (writer, latency) => writer.WriteNumber("latency"u8, latency))));
                return;
            case "pong" or "ack":
                return;
            case "version-negotiation":
                Negotiate(call, body, intents, dialect);
                return;
            case "auth":
                intents.Add(Authenticate(call, body, by));
                return;
            case "subscribe" or "unsubscribe" or "publish" when !_admitted:
                throw new DialectException(new(ErrorCodes.Unauthenticated, "Not authenticated: send auth with a token first."));
            case "subscribe":
                Subscribe(call, body, by, intents, dialect);
                return;
            case "unsubscribe":
                Unsubscribe(call, body, intents, dialect);
                return;
            case "publish":
                intents.Add(Publish(call, body, by));
                return;
            default:
                throw new DialectException(new(
                    ErrorCodes.UnknownType,
                    $"Unknown message type '{PayloadReader.Clip(call.Type)}': clients send {string.Join(", ", Taken.Select(t => t.Type))}."));
        }
    }

    private static void Negotiate(FlowCall call, PayloadReader body, List<Intent> intents, ClaudeFlowDialect dialect)
    {
        var offered = Texts(body, "supportedVersions");
        if (!offered.Contains(FlowFrames.Version, StringComparer.Ordinal))
            throw new DialectException(new(ErrorCodes.UnsupportedProtocol, $"This hub speaks version {FlowFrames.Version} alone."));
        intents.Add(ClaudeFlowDialect.Reply(output => FlowFrames.Negotiation(output, call.Id, dialect.Now, selected: true)));
    }

    private Intent Authenticate(FlowCall call, PayloadReader body, Principal by)
    {
        var token = body.RequiredText("token");
        if (_authenticated || by.Agent is not null) return new RefreshIntent(call, token);
        _authenticated = true;
        return new HelloIntent(call, ClaudeFlowDialect.Entry.Name, Batch: false, Agent: null, token);
    }

    private void Subscribe(FlowCall call, PayloadReader body, Principal by, List<Intent> intents, ClaudeFlowDialect dialect)
    {
        var since = body.Text("since") is { } text ? PositionOf(text) : default(Position?);
        var patterns = Array.ConvertAll(Texts(body, "topics"), FlowPattern.Parse);
        foreach (var pattern in patterns) Check(pattern, by);
        var held = Patterns.Add(patterns);
        var resumption = new Resumption { IsAsked = since is not null };

        // No record has events of the others yet.
        held = Array.FindAll(held, h => h.Pattern.Topics.Count > 0);
        var heard = Array.ConvertAll(held, h => h.Pattern);
        for (var i = 0; i < heard.Length; i++)
        {
            // Only missed events are selected here: those of the topics before have been sent.
            var (pattern, before) = resumption.IsAsked
                ? (EventSelection.Of([heard[i]]), EventSelection.Of(heard[..i]))
                : (EventSelection.None, EventSelection.None);
            var tag = new TopicTag(call, pattern, before, IsLast: i == heard.Length - 1, resumption) { Held = held[i] };
            intents.Add(new SubscribeIntent(tag, heard[i].Topics, since) { AsPermitted = true, Name = heard[i].Text });
        }

        if (heard.Length == 0) intents.Add(ClaudeFlowDialect.Reply(output => FlowFrames.Ack(output, call.Id, dialect.Now)));
    }

    // A pattern over several channels gives what the token permits of it. One that gives nothing is refused before any topic of the message is subscribed to.
    private static void Check(FlowPattern pattern, Principal by)
    {
        string? refusal = null;
        foreach (var topic in pattern.Topics)
        {
            if (!TopicPattern.TryParse(topic, out var parsed)) throw PayloadReader.Invalid($"'{PayloadReader.Clip(pattern.Text)}' is no topic or pattern.");
            if (by.Problem(parsed) is not { } problem) return;
            refusal ??= problem;
        }

        if (refusal is not null) throw new DialectException(new(ErrorCodes.Forbidden, $"'{PayloadReader.Clip(pattern.Text)}': {refusal}"));
    }

    private void Unsubscribe(FlowCall call, PayloadReader body, List<Intent> intents, ClaudeFlowDialect dialect)
    {
        var left = Patterns.Remove(Texts(body, "topics"));
        foreach (var topic in left) intents.Add(new UnsubscribeIntent(new LeftTag(topic == left[^1] ? call : null), topic));
        if (left.Length == 0) intents.Add(ClaudeFlowDialect.Reply(output => FlowFrames.Ack(output, call.Id, dialect.Now)));
    }

    private Intent Publish(FlowCall call, PayloadReader body, Principal by)
    {
        var topic = body.RequiredText("topic");
        var segments = topic.Split('.');
        if (topic.Contains('/') || !EventTypes.IsChannel(segments[0])) return PublishToApp(call, topic, body, by);
        if (segments.Length is not (2 or 3) || EventTypes.Find(segments[0], segments[^1]) is null)
        {
            throw PayloadReader.Invalid(
                $"There is no topic '{PayloadReader.Clip(topic)}': the channel {segments[0]} has {segments[0]}.ID. "
                    + $"and one of {EventTypes.NamesOf(segments[0])}.");
        }

        var published = new Publication(call, segments, Publication.Read(body.Json), by) { HasLeft = _left };
        if (topic == EventTypes.TaskCreated.RollUp) return TaskReports.Create(published);
        if (segments.Length == 2)
            throw PayloadReader.Invalid($"'{topic}' has the events of all of them; a client publishes to {segments[0]}.ID.{segments[1]}.");
        var intent = segments[0] switch
        {
            "agent" => AgentReports.Read(published, leases),
            "task" => TaskReports.Read(published, leases),
            _ => SwarmReports.Read(published),
        };

        // The hub may write to the agent's worker before the next message is read.
        if (intent is ActForIntent act) _agent = act.Agent.Id!;
        var command = ((intent as ActForIntent)?.Then ?? intent) as CommandIntent;
        if (command?.Command is DrainAgent) _left = true;
        else if (intent is ActForIntent) _left = false;
        return intent;
    }

    private CommandIntent PublishToApp(FlowCall call, string topic, PayloadReader body, Principal by)
    {
        var data = body.Json.TryGetProperty("data", out var json) ? RawJson.From(json) : default;
        return new(call, new PublishToApp(AppTopics.HubTopicOf(topic), data) { By = by, Except = body.Flag("broadcast") == true ? null : _session });
    }

    private static string[] Texts(PayloadReader body, string name)
    {
        if (body.Find(name) is not var (array, _) || array.ValueKind != JsonValueKind.Array)
            throw PayloadReader.Invalid($"{name} is an array of texts.");
        if (array.GetArrayLength() is 0 or > MaxTopics)
            throw PayloadReader.Invalid($"{name} has 1 to {MaxTopics} entries; there were {array.GetArrayLength()}.");
        if (array.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.String)) throw PayloadReader.Wrong(name, "an array of texts", array);
        return [.. array.EnumerateArray().Select(t => t.GetString()!).Distinct(StringComparer.Ordinal)];
    }

    private static Position PositionOf(string text) => Position.TryParse(text, out var position)
        ? position
        : throw PayloadReader.Invalid($"since is a position that an event had, such as 3:17; it was '{PayloadReader.Clip(text)}'.");

    private static string? Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DialectException Malformed(string message) => new(new Error(ErrorCodes.MalformedMessage, message));
}
