using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>
/// The dialect of Claude Code Flow's WebSocket API, and of the dashboards of its repository (spec/dialects/claude-zen.md). Clients subscribe to channels and
/// send requests.
/// </summary>
public sealed class ClaudeZenDialect : ForeignDialect
{
    /// <summary>The standard limit: far above the 100 of the document, at which a client that reports progress would stop.</summary>
    internal const int MessagesPerMinute = 60_000;

    private const string AuthenticationFailed = "AUTHENTICATION_FAILED";

    private static readonly string[] OwnTypes = ["auth", "subscribe", "unsubscribe", "request"];

    // The original sends a heartbeat every 30 s. Its clients answer only with the pong of the protocol.
    private static readonly Heartbeat Beat = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)) { Unanswered = 2, Always = true, Spoken = true };

    private ClientContext _context = ClientContext.None;
    private ChannelReader _channels = new(ClientContext.None);
    private RequestReader _requests = new(ClientContext.None, new(ClientContext.None));

    public static DialectEntry Entry { get; } = new("claude-zen", 3000, () => new ClaudeZenDialect())
    {
        TakesStrangers = true,
        Claims = handshake => handshake.Bearer,
        Recognises = IsOne,
        MorePaths = ["/"],
        Rate = RateLimit.PerMinute(MessagesPerMinute),
    };

    public override IRenderer Renderer => ClaudeZenRenderer.Instance;

    public override Heartbeat Heartbeat => Beat;

    private DateTimeOffset Now => _context.Now;

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        var version = opening.Hub[(opening.Hub.IndexOf('/', StringComparison.Ordinal) + 1)..];
        _context = new(opening.Clock, opening.Session, version, opening.StartedAt);
        _channels = new(_context);
        _requests = new(_context, _channels);
        var server = $"{opening.Hive}-{opening.Position.Epoch}";
        intents.Add(ClientContext.Reply(output => ClaudeZenFrames.Write(output, "connection_ack", Now, (_context, server), static (writer, s) =>
        {
            writer.WriteString("clientId"u8, s._context.Client);
            writer.WriteString("serverId"u8, s.server);
            RequestReader.WriteCapabilities(writer);
            writer.WriteString("version"u8, s._context.Version);
        })));
        if (opening.Request.Token is not null && opening.Credential is { Principal: null, Error: { } refusal })
            intents.Add(_context.Error(new(AuthenticationFailed, refusal.Message)));
        return true;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        ArgumentNullException.ThrowIfNull(by);
        RawJson id = default;
        JsonElement json = default;
        try
        {
            json = Parse(frame);
            id = IdOf(json);
            var message = new PayloadReader(json, "");
            if (json.TryGetProperty("jsonrpc", out _)) _requests.ReadConsole(message, id, by, intents);
            else Read(message, id, by, intents);
        }
        catch (DialectException e)
        {
            var trouble = e.Error.Code == ErrorCodes.InvalidRequest ? new Trouble(Trouble.InvalidMessage, e.Error.Message) : Trouble.Of(e.Error);
            intents.Add(_context.Error(trouble, id, OriginalOf(json)));
        }
    }

    public override void Limit(ReadOnlySpan<byte> frame, in RateRefusal refusal, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        var limit = refusal.Limit;
        var wait = (long)Math.Ceiling(refusal.RetryAfter.TotalMilliseconds);
        RawJson id = default;
        try
        {
            id = IdOf(Parse(frame));
        }
        catch (DialectException)
        {
            // The frame is not JSON, and is refused without an id.
        }

        if (refusal.IsFirst)
        {
            intents.Add(ClientContext.Reply(output => ClaudeZenFrames.Write(output, "rate_limit_exceeded", Now, (limit, wait), static (writer, s) =>
            {
                writer.WriteNumber("limit"u8, s.limit.Limit);
                writer.WriteNumber("window"u8, (long)s.limit.Window.TotalMilliseconds);
                writer.WriteNumber("retryAfter"u8, s.wait);
            })));
        }

        // A client waits for the response to its request, and not for the notice.
        if (id.IsNull) return;
        var trouble = new Trouble(ErrorCodes.RateLimited, refusal.Message) { RetryAfterMs = wait };
        intents.Add(ClientContext.Reply(output => Replies.Refuse(output, Now, new Call(id, ""), trouble)));
    }

    public override void Refuse(string code, string message, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        intents.Add(_context.Error(new(code == ErrorCodes.MalformedMessage ? Trouble.InvalidMessage : code, message)));
    }

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output)
    {
        ArgumentNullException.ThrowIfNull(intent);
        switch (intent.Tag)
        {
            case Call call:
                Replies.Write(output, Now, call, outcome);
                break;
            case AuthTag auth:
                WriteAuthenticated(auth, outcome, output);
                break;
            case ChannelTag tag:
                _channels.Answer(tag, outcome, output);
                break;

            // A subscription that the hub refused is not there, and the client has left it all the same.
            default:
                if (outcome.Error is { } error && intent is not UnsubscribeIntent) ClaudeZenFrames.Error(output, Now, Trouble.Of(error));
                break;
        }
    }

    public override void Ping(DateTimeOffset now, IMessageWriter output)
    {
        ClaudeZenFrames.Write(output, "heartbeat", now, (now, _context.StartedAt), static (writer, s) =>
        {
            writer.WritePropertyName("timestamp"u8);
            IsoTime.Write(writer, s.now);
            writer.WriteNumber("uptime"u8, Math.Max(0, (long)(s.now - s.StartedAt).TotalMilliseconds));
        });
    }

    public override void Expiring(DateTimeOffset at, IMessageWriter output) => ClaudeZenFrames.Error(
        output, Now, new("TOKEN_EXPIRING", $"The token expires at {at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}. Send auth with a new token of the same subject."));

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output)
    {
        // A message that is too long has had its error.
        if (code is CloseCodes.Normal or CloseCodes.MessageTooBig) return;
        var message = code == CloseCodes.SlowConsumer ? "The client read too slowly. Reconnect and subscribe again." : reason;
        ClaudeZenFrames.Error(output, Now, new(CodeOf(code), message) { RetryAfterMs = (long?)comeBackAfter?.TotalMilliseconds });
    }

    private static bool IsOne(ReadOnlyMemory<byte> frame)
    {
        try
        {
            using var message = JsonDocument.Parse(frame, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
            var root = message.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return false;
            if (root.TryGetProperty("jsonrpc", out _)) return true;
            return root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && Array.Exists(OwnTypes, t => type.ValueEquals(t));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void Read(PayloadReader message, RawJson id, Principal by, List<Intent> intents)
    {
        switch (message.RequiredText("type"))
        {
            case "auth":
                // The document has the token outside of the data.
                var data = message.Find("data") is var (inner, name) ? new PayloadReader(inner, name) : message;
                intents.Add(new AuthenticateIntent(new AuthTag(id), message.Text("token") ?? data.RequiredText("token")));
                break;
            case "subscribe":
                _channels.Subscribe(message, id, by, intents);
                break;
            case "unsubscribe":
                _channels.Unsubscribe(message, id, intents);
                break;
            case "request":
                _requests.Read(message, id, by, intents);
                break;
            case "ping":
                intents.Add(ClientContext.Reply(output => ClaudeZenFrames.Write(output, "pong", Now, 0, static (_, _) => { }, id: id)));
                break;
            case "pong" or "heartbeat":
                break;
            case var other:
                intents.Add(_context.Error(
                    new(Trouble.InvalidMessage, "Message type not recognized") { Details = [("receivedType", PayloadReader.Clip(other))] },
                    id, OriginalOf(message.Json)));
                break;
        }
    }

    private void WriteAuthenticated(AuthTag auth, in Outcome outcome, IMessageWriter output)
    {
        if (outcome.Error is { } error)
        {
            ClaudeZenFrames.Error(output, Now, new(AuthenticationFailed, error.Message) { RetryAfterMs = error.RetryAfterMs }, auth.Id);
            return;
        }

        // The document defines no answer, so a client without an id expects none.
        if (auth.Id.IsNull) return;
        var expiresAt = (outcome.Value as AuthRefreshed)?.TokenExpiresAt;
        ClaudeZenFrames.Write(output, "response", Now, (_context.Client, expiresAt), static (writer, s) =>
        {
            writer.WriteBoolean("success"u8, true);
            writer.WriteString("clientId"u8, s.Client);
            if (s.expiresAt is not { } at) return;
            writer.WritePropertyName("expiresAt"u8);
            IsoTime.Write(writer, at);
        }, id: auth.Id);
    }

    private static JsonElement Parse(ReadOnlySpan<byte> frame)
    {
        try
        {
            var json = JsonElement.Parse(frame, new JsonDocumentOptions { MaxDepth = Limits.MaxDepth });
            if (json.ValueKind == JsonValueKind.Object) return json;
        }
        catch (JsonException e)
        {
            throw PayloadReader.Invalid($"This is not JSON: {JsonFault.Describe(e)}");
        }

        throw PayloadReader.Invalid("A message is a JSON object.");
    }

    private static RawJson IdOf(JsonElement json) =>
        json.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number ? RawJson.From(id) : default;

    private static ReadOnlyMemory<byte> OriginalOf(JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? default : RawJson.From(json).Utf8;

    private static string CodeOf(int closeCode) => closeCode switch
    {
        CloseCodes.SlowConsumer => "SLOW_CONSUMER",
        CloseCodes.Draining => "DRAINING",
        CloseCodes.TokenExpired => "TOKEN_EXPIRED",
        CloseCodes.HelloRefused => ErrorCodes.Unauthenticated,
        _ => ErrorCodes.Internal,
    };
}

/// <summary>The tag of an <c>auth</c>.</summary>
internal sealed record AuthTag(RawJson Id);
