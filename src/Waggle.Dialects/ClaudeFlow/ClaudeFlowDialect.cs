using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Apps;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// The dialect of @claude-flow/realtime (spec/dialects/claude-flow.md). Clients subscribe to topics of agents, tasks and swarms, and of their own. One that
/// reports as an agent is the worker of that agent.
/// </summary>
public sealed class ClaudeFlowDialect : Dialect
{
    // RFC 6455 7.4.1.
    private const int PolicyViolation = 1008;

    private const string TooSlow = "The client reads too slowly to receive everything. Connect again, and subscribe since the last position.";

    private static readonly Heartbeat Standard = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)) { Unanswered = 2 };

    private readonly HeldLeases _leases = new();
    private readonly FlowReader _reader;
    private Func<DateTimeOffset> _clock = () => default;
    private string _session = "";
    private volatile Heartbeat _heartbeat = Standard;

    public ClaudeFlowDialect() => _reader = new FlowReader(_leases);

    public static DialectEntry Entry { get; } = new("claude-flow", 8080, () => new ClaudeFlowDialect())
    {
        OwnPath = "/",
        AnyPath = true,
        HelloBringsToken = true,
        BinarySubprotocol = "claude-flow+msgpack",
    };

    public override IRenderer Renderer => ClaudeFlowRenderer.Whole;

    public override Heartbeat Heartbeat => _heartbeat;

    public override Func<Record, IRenderer?> FormOf => FormFor;

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        (_clock, _session) = (opening.Clock, opening.Session);
        var admitted = opening.Credential.Principal is not null;
        _reader.Open(_session, admitted);
        intents.Add(Reply(output => FlowFrames.Negotiation(output, FlowFrames.IdAt(_clock()), _clock(), selected: true)));
        return admitted;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        FlowCall? call = null;
        try
        {
            var message = FlowReader.Parse(frame, ref call);
            _reader.Read(call!, message, by, intents, this);
        }
        catch (DialectException e)
        {
            intents.Add(Error(call, e.Error));
        }
    }

    public override void Refuse(string code, string message, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        intents.Add(Reply(output => FlowFrames.Error(output, null, Vocabulary.InvalidMessage, new Error(code, message), _clock())));
    }

    public override void Limit(ReadOnlySpan<byte> frame, in RateRefusal refusal, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        FlowCall? call = null;
        try
        {
            FlowReader.Parse(frame, ref call);
        }
        catch (DialectException)
        {
            // The frame counts all the same; its error would have the same place.
        }

        var error = new Error(ErrorCodes.RateLimited, refusal.Message, (long)refusal.RetryAfter.TotalMilliseconds);
        intents.Add(Reply(output => FlowFrames.Error(output, call?.Id, Vocabulary.RateLimitExceeded, error, _clock())));
    }

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(output);
        var now = _clock();
        switch (intent.Tag)
        {
            // The client has left a topic all the same if the hub had refused its subscription.
            case LeftTag left:
                if (left.Call is { } unsubscribed) FlowFrames.Ack(output, unsubscribed.Id, now);
                return;
            case TopicTag topic:
                if (topic.Held is { } held) _reader.Patterns.Answered(held, outcome.Error is null);
                Answers.Subscribed(output, topic, outcome, now);
                return;
        }

        var call = intent.Tag as FlowCall;
        if ((outcome.Error ?? Answers.Misplaced(call, outcome.Value)) is { } error)
        {
            FlowFrames.Error(output, call?.Id, Vocabulary.CodeOf(error, call?.Type), error, now);
            return;
        }

        if (intent is CommandIntent { Command: CompleteTask or FailTask or ConfirmCancelled } ended) _leases.End(((LeaseCommand)ended.Command).Lease);
        if (call is not null) Answers.Acknowledge(output, call, outcome.Value, now);
    }

    public override void Welcome(HelloIntent hello, in Greeting greeting, IMessageWriter output)
    {
        ArgumentNullException.ThrowIfNull(hello);
        FlowFrames.Ack(output, ((FlowCall)hello.Tag!).Id, _clock());
    }

    public override void Attached(WelcomeAgent agent, TimeSpan lease)
    {
        ArgumentNullException.ThrowIfNull(agent);
        foreach (var kept in agent.Keep) _leases.Add(kept, known: false);

        // The client sends no renewals, so each answer to a ping of the transport renews its leases.
        _heartbeat = new Heartbeat(lease / 3, Standard.Timeout) { Unanswered = 2, Always = true };
    }

    public override void Answered(Principal by, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(by);
        ArgumentNullException.ThrowIfNull(intents);
        if (by.Agent is not null) intents.Add(new CommandIntent(null, new RenewLeases(_leases.ToRenew()) { By = by }));
    }

    public override void Assign(Assignment assignment, IMessageWriter output)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        _leases.Add(assignment.Lease, known: true);
        WorkerNotices.Assign(output, _reader.Agent, assignment, _clock());
    }

    public override void Cancel(LeaseRef lease, string? reason, TimeSpan grace, IMessageWriter output) =>
        WorkerNotices.Cancel(output, _reader.Agent, lease, reason, grace, _clock());

    public override void Stop(LeaseRef lease, string reason, IMessageWriter output)
    {
        _leases.End(lease);
        WorkerNotices.Stop(output, _reader.Agent, lease, reason, _clock());
    }

    public override bool TakesMessages => true;

    public override void Deliver(AgentMessage message, IMessageWriter output) => WorkerNotices.Deliver(output, message, _clock());

    public override void RequestVote(VoteRequested request, IMessageWriter output) => WorkerNotices.RequestVote(output, _reader.Agent, request, _clock());

    public override void Expiring(DateTimeOffset at, IMessageWriter output) => FlowFrames.Notice(output, "token-expiring", _clock(), at, static (writer, at) =>
        writer.WriteNumber("expiresAt"u8, at.ToUnixTimeMilliseconds()));

    public override int CloseCodeOf(int code) => code switch
    {
        CloseCodes.Draining => CloseCodes.GoingAway,
        CloseCodes.HelloTimeout or CloseCodes.HelloRefused => PolicyViolation,
        _ => code,
    };

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output)
    {
        var now = _clock();
        switch (code)
        {
            case CloseCodes.Draining:
                FlowFrames.Notice(output, "server-shutdown", now, (reason, comeBackAfter), static (writer, s) =>
                {
                    writer.WriteString("reason"u8, s.reason);
                    if (s.comeBackAfter is { } wait) writer.WriteNumber("retryAfterMs"u8, (long)wait.TotalMilliseconds);
                });
                break;
            case CloseCodes.SlowConsumer:
                FlowFrames.Error(output, null, Vocabulary.RateLimitExceeded, new Error("SLOW_CONSUMER", TooSlow), now);
                break;
            case CloseCodes.HelloTimeout or CloseCodes.TokenExpired:
                FlowFrames.Error(output, null, Vocabulary.AuthenticationFailed, new Error(ErrorCodes.Unauthenticated, reason), now);
                break;
            case CloseCodes.Replaced or CloseCodes.AgentRemoved:
                FlowFrames.Error(output, null, Vocabulary.AuthorizationFailed, new Error(ErrorCodes.NotAnAgent, reason), now);
                break;
            case CloseCodes.InternalError:
                FlowFrames.Error(output, null, Vocabulary.InternalError, new Error(ErrorCodes.Internal, reason), now);
                break;
        }
    }

    internal static ReplyIntent Reply(Action<IMessageWriter> write)
    {
        var output = new MessageBuffer(200);
        write(output);
        return new ReplyIntent(output.Written);
    }

    internal DateTimeOffset Now => _clock();

    private ReplyIntent Error(FlowCall? call, Error error)
    {
        var code = error.Code == ErrorCodes.UnsupportedProtocol ? Vocabulary.UnsupportedVersion : Vocabulary.CodeOf(error, call?.Type);
        return Reply(output => FlowFrames.Error(output, call?.Id, code, error, _clock()));
    }

    // The delivery loop calls it for each record and connection.
    private ClaudeFlowRenderer? FormFor(Record record)
    {
        if (record.Payload is AppPublished published) return published.Except == _session ? null : ClaudeFlowRenderer.Whole;
        var messages = _reader.Patterns.Selection.MessagesOf(RecordRows.Of(record));
        return messages == 0 ? null : ClaudeFlowRenderer.Of(messages);
    }
}
