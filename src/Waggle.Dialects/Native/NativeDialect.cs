using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Native;

/// <summary>waggle.v1, the hub's own API (spec/waggle.v1.md): flat JSON messages with a type, and an id where the client requests an answer.</summary>
public sealed class NativeDialect : Dialect
{
    public const string Protocol = "waggle.v1";

    /// <summary>The WebSocket subprotocol with which a client gets waggle.v1 in MessagePack.</summary>
    public const string BinaryProtocol = "waggle.v1+msgpack";

    private const int MaxClientLength = 200;

    private bool _greeted;
    private bool _attaching;

    public override IRenderer Renderer => NativeRenderer.Instance;

    public override bool TakesMessages => true;

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        // A command gets its principal when it is read, and an agent's hello changes that. So a frame with a hello is read no further.
        _attaching = false;
        MessageCodec.ReadClient(
            frame,
            (Dialect: this, By: by, Intents: intents),
            static (to, message) =>
            {
                if (to.Dialect.IntentOf(message, to.By) is { } intent) to.Intents.Add(intent);
            },
            static (to, error) => to.Intents.Add(NativeFrames.Error(error.Id, new(error.Code, error.Message))));
    }

    public override void Limit(ReadOnlySpan<byte> frame, in RateRefusal refusal, List<Intent> intents)
    {
        var wait = (long)Math.Ceiling(refusal.RetryAfter.TotalMilliseconds);
        intents.Add(NativeFrames.Error(FrameId.Of(frame), new(ErrorCodes.RateLimited, refusal.Message, wait)));
    }

    public override void Refuse(string code, string message, List<Intent> intents) => intents.Add(NativeFrames.Error(null, new(code, message)));

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output)
    {
        var id = intent.Tag as string;
        if (outcome.Error is { } error)
        {
            NativeFrames.Write(output, id, error);
            return;
        }

        if (id is null) return;
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "reply"u8);
        writer.WriteString("id"u8, id);
        if (outcome.Value is not null)
        {
            writer.WritePropertyName("result"u8);
            Results.Write(writer, outcome.Value);
        }

        NativeFrames.WritePosition(writer, outcome.Head);
        writer.WriteEndObject();
        JsonWriters.Return(writer);
    }

    public override void Welcome(HelloIntent hello, in Greeting greeting, IMessageWriter output) => MessageCodec.Write(output, new Welcome
    {
        Protocol = Protocol,
        Hub = greeting.Hub,
        Hive = greeting.Hive,
        Session = greeting.Session,
        Position = greeting.Position,
        HeartbeatMs = (int)greeting.Heartbeat.TotalMilliseconds,
        MaxMessageBytes = Limits.MaxMessageBytes,
        Agent = greeting.Agent,
        TokenExpiresAt = greeting.TokenExpiresAt,
    });

    public override void Assign(Assignment assignment, IMessageWriter output) => MessageCodec.Write(output, new Assign
    {
        Task = assignment.Lease.Task,
        Attempt = assignment.Lease.Attempt,
        Token = assignment.Lease.Token,
        LeaseMs = (int)assignment.Period.TotalMilliseconds,
        Swarm = assignment.Swarm,
        Spec = assignment.Spec,
        Dependencies = assignment.Dependencies,
        Answers = assignment.Answers,
        Checkpoint = assignment.Checkpoint,
        InputRefs = assignment.InputRefs,
    });

    public override void Cancel(LeaseRef lease, string? reason, TimeSpan grace, IMessageWriter output) => MessageCodec.Write(output, new Cancel
    {
        Task = lease.Task,
        Attempt = lease.Attempt,
        Token = lease.Token,
        Reason = reason,
        GraceMs = (int)grace.TotalMilliseconds,
    });

    public override void Stop(LeaseRef lease, string reason, IMessageWriter output) =>
        MessageCodec.Write(output, new Stop { Task = lease.Task, Attempt = lease.Attempt, Token = lease.Token, Reason = reason });

    public override void AnswerQuestion(LeaseRef lease, QuestionAnswer answer, IMessageWriter output) =>
        MessageCodec.Write(output, new Answered { Task = lease.Task, Attempt = lease.Attempt, Token = lease.Token, Answer = answer });

    public override void RequestVote(VoteRequested request, IMessageWriter output) => MessageCodec.Write(output, request);

    public override void StartProcess(RunnerStart request, IMessageWriter output) => MessageCodec.Write(output, request);

    public override void StopProcess(RunnerStop request, IMessageWriter output) => MessageCodec.Write(output, request);

    public override void Deliver(AgentMessage message, IMessageWriter output) => MessageCodec.Write(output, message);

    public override void Expiring(DateTimeOffset at, IMessageWriter output) => MessageCodec.Write(output, new AuthExpiring { TokenExpiresAt = at });

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output) =>
        MessageCodec.Write(output, new Bye { Code = code, Reason = reason, RetryAfterMs = (long?)comeBackAfter?.TotalMilliseconds });

    private Intent? IntentOf(ClientMessage message, Principal by)
    {
        if (message is Hello hello) return Greet(hello);
        if (_attaching)
        {
            return NativeFrames.Error(
                message.Id, new(ErrorCodes.HelloRequired, "Wait for the welcome: what follows an agent's hello comes in a frame of its own."));
        }

        return _greeted ? NativeIntents.Of(message, by) : NativeFrames.Error(message.Id, new(ErrorCodes.HelloRequired, "The first message is hello."));
    }

    private Intent Greet(Hello hello)
    {
        if (_greeted) return NativeFrames.Error(hello.Id, new(ErrorCodes.HelloRequired, "hello must be sent once, as the first message."));
        if (!hello.Protocols.Contains(Protocol, StringComparer.Ordinal))
            return NativeFrames.Error(
                hello.Id, new(ErrorCodes.UnsupportedProtocol, $"This hub speaks {Protocol}; you offered {string.Join(", ", hello.Protocols.Take(10))}."));
        if (hello.Client?.Length > MaxClientLength)
            return NativeFrames.Error(hello.Id, new(ErrorCodes.InvalidRequest, $"client has at most {MaxClientLength} characters."));
        _greeted = true;
        _attaching = hello.Agent is not null;
        return new HelloIntent(hello.Id, hello.Client, hello.Batch, hello.Agent, hello.Token);
    }
}
