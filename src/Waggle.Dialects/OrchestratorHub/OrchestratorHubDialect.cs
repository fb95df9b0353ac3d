using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Delivery;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The dialect of the AI orchestrator hub (spec/dialects/orchestrator-hub.md): every client hears everything that it may hear, and nobody subscribes.</summary>
public sealed partial class OrchestratorHubDialect : ForeignDialect
{
    private static readonly Beat Overview = new(TimeSpan.FromSeconds(5), BeatQuery.Overview);

    private Func<DateTimeOffset> _clock = () => default;

    public static DialectEntry Entry { get; } = new("orchestrator-hub", 3001, () => new OrchestratorHubDialect())
    {
        Beats = [Overview],
        Routes = OrchestratorHubHttp.Routes,
        Fault = OrchestratorHubHttp.Fault,
    };

    /// <summary>What every client hears, as far as its token lets it.</summary>
    public static IReadOnlyList<string> Topics { get; } = ["task.#", "agent.#", "swarm.#", "connection.#", "system.alert.#", "system.module.#", Overview.Topic];

    public override IRenderer Renderer => OrchestratorHubRenderer.Instance;

    public override Heartbeat Heartbeat { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        _clock = opening.Clock;

        // In this order nothing is missed in between.
        intents.Add(new SubscribeIntent(null, Topics, null) { AsPermitted = true });
        intents.Add(new OverviewIntent(new Request("greeting", null)));
        return true;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        string? correlationId = null;
        try
        {
            var message = new Payload(Incoming.Parse(frame), "");
            correlationId = message.Text("correlation_id");
            intents.Add(IntentOf(message, new Request(message.RequiredText("action", "type", "message_type"), correlationId), by));
        }
        catch (DialectException e)
        {
            intents.Add(Error(e.Error, correlationId));
        }
    }

    public override void Refuse(string code, string message, List<Intent> intents) => intents.Add(Error(new Error(code, message), null));

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output)
    {
        var now = _clock();
        if (outcome.Error is { } error) Frames.WriteError(output, now, error.Message, error.Code, (intent.Tag as Request)?.CorrelationId);
        else if (intent.Tag is Request request) Replies.Write(output, now, request, intent, outcome.Value!);
    }

    public override void Expiring(DateTimeOffset at, IMessageWriter output) => Frames.Write(output, "system_alert", _clock(), at, static (writer, at) =>
    {
        writer.WriteString("level"u8, "warning"u8);
        writer.WriteString("title"u8, "Token expires"u8);
        writer.WriteString("message"u8, "Your token expires soon; connect anew with a fresh one."u8);
        writer.WriteStartObject("details"u8);
        writer.WritePropertyName("token_expires_at"u8);
        IsoTime.Write(writer, at);
        writer.WriteEndObject();
    });

    public override void Bye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output)
    {
        (string, long)[] details = comeBackAfter is { } wait ? [("close_code", code), ("retry_after_ms", (long)wait.TotalMilliseconds)] : [("close_code", code)];
        Frames.WriteTrouble(output, _clock(), new("connection", CodeOf(code), reason, code == CloseCodes.Draining ? "info" : "warning", details));
    }

    /// <summary>The table of what clients send.</summary>
    private Intent IntentOf(Payload message, Request request, Principal by) => request.Action switch
    {
        "create_agent" => new CommandIntent(request, Incoming.CreateAgent(PayloadOf(message), by)),
        "create_task" => new CommandIntent(request, Incoming.CreateTask(PayloadOf(message), by, dashboard: true)),
        "get_status" => new OverviewIntent(request),
        "ping" or "connection_test" => new ReplyIntent(Replies.Pong(message, request, _clock())),
        var other => Error(new Error(ErrorCodes.UnknownType, $"Unknown action: {Payload.Clip(other)}"), request.CorrelationId),
    };

    private static Payload PayloadOf(Payload message) => message.Find("payload", "data") is not var (value, name) ? throw Payload.Invalid("payload is missing: an object.")
        : value.ValueKind == JsonValueKind.Object ? new Payload(value, name)
        : throw Payload.Wrong(name, "an object", value);

    private ReplyIntent Error(Error error, string? correlationId)
    {
        var output = new MessageBuffer(256);
        Frames.WriteError(output, _clock(), error.Message, error.Code, correlationId);
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

/// <summary>Whose answer it is.</summary>
internal sealed record Request(string Action, string? CorrelationId);
