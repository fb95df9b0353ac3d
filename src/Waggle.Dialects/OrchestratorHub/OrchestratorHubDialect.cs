using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>
/// The dialect of the AI orchestrator hub (spec/dialects/orchestrator-hub.md). Every client receives all records that it may read, without subscriptions.
/// </summary>
public sealed partial class OrchestratorHubDialect : ForeignDialect
{
    private static readonly PeriodicBroadcast Overview = new(TimeSpan.FromSeconds(5), BroadcastQuery.Overview);

    // The clients have no positions to resume from.
    private const string TooSlow = "The client read too slowly. Reconnect to receive the current state of the hive.";

    private Func<DateTimeOffset> _clock = () => default;

    public static DialectEntry Entry { get; } = new("orchestrator-hub", 3001, () => new OrchestratorHubDialect())
    {
        Broadcasts = [Overview],
        Routes = OrchestratorHubHttp.Routes,
        Fault = OrchestratorHubHttp.Fault,
    };

    /// <summary>The topics of every client, as far as its token permits.</summary>
    public static IReadOnlyList<string> Topics { get; } = ["task.#", "agent.#", "swarm.#", "connection.#", "system.alert.#", "system.module.#", Overview.Topic];

    /// <summary>The parameter of clients that also request the messages between the hub's parts.</summary>
    private const string AmongModules = "inter_module_message";

    private const string Readings = "system.metrics";

    /// <summary>The table of what clients send.</summary>
    internal static IReadOnlyList<ClientAction> Actions { get; } =
    [
        new("create_agent", "The command that creates an agent, before its worker connects. The answer is `agent_created`.", (payload, request, by) =>
            new CommandIntent(request, Requests.CreateAgent(payload, by))),
        new("create_task", "The command that creates a task. The answer is `task_created`.", (payload, request, by) =>
            new CommandIntent(request, Requests.CreateTask(payload, by, dashboard: true))),
        new("get_status", "The query for the whole hive. The answer is `hive_status`.", (_, request, _) => new OverviewIntent(request)) { IsBare = true },
        new("acknowledge_alert", "The command that acknowledges the alert `alert_id`. The answer is `alert_acknowledged`.", (payload, request, by) =>
            new CommandIntent(request, new AcknowledgeAlert(payload.RequiredText("alert_id", "id")) { By = by })),
        new("ping", "The answer is `pong` with the same `sequenceId`.", null) { IsBare = true },
        new("connection_test", "The answer is `pong` with the same `testId`.", null) { IsBare = true },
    ];

    public override IRenderer Renderer => OrchestratorHubRenderer.Instance;

    public override Heartbeat Heartbeat { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        _clock = opening.Clock;

        // In this order no record is missed in between.
        var topics = opening.Request.Query.GetValueOrDefault(AmongModules) == "true" ? [.. Topics, Readings] : Topics;
        intents.Add(new SubscribeIntent(null, topics, null) { AsPermitted = true });
        intents.Add(new OverviewIntent(new Request("greeting", null)));
        return true;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        string? correlationId = null;
        try
        {
            var message = new PayloadReader(Requests.Parse(frame), "");
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
        if (outcome.Error is { } error) Envelope.WriteError(output, now, error.Message, error.Code, (intent.Tag as Request)?.CorrelationId);
        else if (intent.Tag is Request request) Replies.Write(output, now, request, intent, outcome.Value!);
    }

    public override void Expiring(DateTimeOffset at, IMessageWriter output) => Envelope.Write(output, "system_alert", _clock(), at, static (writer, at) =>
    {
        writer.WriteString("level"u8, "warning"u8);
        writer.WriteString("title"u8, "Token expires"u8);
        writer.WriteString("message"u8, "Your token expires soon; reconnect with a new one."u8);
        writer.WriteStartObject("details"u8);
        writer.WritePropertyName("token_expires_at"u8);
        IsoTime.Write(writer, at);
        writer.WriteEndObject();
    });

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output)
    {
        (string, long)[] details = comeBackAfter is { } wait
            ? [("close_code", code), ("retry_after_ms", (long)wait.TotalMilliseconds)]
            : [("close_code", code)];
        Envelope.WriteTrouble(output, _clock(), new(
            "connection", CodeOf(code), code == CloseCodes.SlowConsumer ? TooSlow : reason, code == CloseCodes.Draining ? "info" : "warning", details));
    }

    private Intent IntentOf(PayloadReader message, Request request, Principal by)
    {
        if (Actions.FirstOrDefault(a => a.Name == request.Action) is not { } action)
        {
            return Error(new Error(ErrorCodes.UnknownType, $"Unknown action: {PayloadReader.Clip(request.Action)}"), request.CorrelationId);
        }

        return action.Read?.Invoke(action.IsBare ? message : PayloadOf(message), request, by) ?? new ReplyIntent(Replies.Pong(message, request, _clock()));
    }

    private static PayloadReader PayloadOf(PayloadReader message) =>
        message.Find("payload", "data") is not var (value, name) ? throw PayloadReader.Invalid("payload is missing: an object.")
        : value.ValueKind == JsonValueKind.Object ? new PayloadReader(value, name)
        : throw PayloadReader.Wrong(name, "an object", value);

    private ReplyIntent Error(Error error, string? correlationId)
    {
        var output = new MessageBuffer(256);
        Envelope.WriteError(output, _clock(), error.Message, error.Code, correlationId);
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

/// <summary>The request that an answer belongs to.</summary>
internal sealed record Request(string Action, string? CorrelationId);

/// <param name="Read">Creates the intent; null for a ping.</param>
internal sealed record ClientAction(string Name, string Becomes, Func<PayloadReader, Request, Principal, Intent>? Read)
{
    /// <summary>Whether it has no payload.</summary>
    public bool IsBare { get; init; }
}
