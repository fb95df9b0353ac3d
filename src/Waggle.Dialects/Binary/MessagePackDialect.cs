using System.Buffers;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.Binary;

/// <summary>
/// A dialect whose messages are MessagePack in binary frames, in both directions. The dialect behind it reads and writes JSON and knows nothing of the form.
/// </summary>
public sealed class MessagePackDialect : Dialect
{
    private readonly Dialect _json;

    /// <param name="json">The dialect of the connection, with the same messages in JSON. Its subscriptions have no forms of their own.</param>
    public MessagePackDialect(Dialect json)
    {
        ArgumentNullException.ThrowIfNull(json);
        _json = json;
        Renderer = MessagePackRenderer.Of(json.Renderer);
        if (json.FormOf is { } form) FormOf = record => form(record) is { } renderer ? MessagePackRenderer.Of(renderer) : null;
    }

    public override bool IsBinary => true;

    public override IRenderer Renderer { get; }

    public override Func<Record, IRenderer?>? FormOf { get; }

    public override Heartbeat Heartbeat => _json.Heartbeat;

    public override bool TakesMessages => _json.TakesMessages;

    public override int CloseCodeOf(int code) => _json.CloseCodeOf(code);

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        var greets = _json.Open(opening, intents);
        Convert(intents, 0);
        return greets;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        var first = intents.Count;
        if (TryRead(frame, out var json) is { } problem) _json.Refuse(ErrorCodes.MalformedMessage, problem, intents);
        else _json.Read(json, by, intents);
        Convert(intents, first);
    }

    public override void Refuse(string code, string message, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        var first = intents.Count;
        _json.Refuse(code, message, intents);
        Convert(intents, first);
    }

    public override void Limit(ReadOnlySpan<byte> frame, in RateRefusal refusal, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        var first = intents.Count;
        if (TryRead(frame, out var json) is null) _json.Limit(json, refusal, intents);
        else _json.Refuse(ErrorCodes.RateLimited, refusal.Message, intents);
        Convert(intents, first);
    }

    public override void Attached(WelcomeAgent agent, TimeSpan lease) => _json.Attached(agent, lease);

    public override void Answered(Principal by, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        var first = intents.Count;
        _json.Answered(by, intents);
        Convert(intents, first);
    }

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output) =>
        Converted.Write(output, (_json, intent, outcome), static (json, s) => s._json.Answer(s.intent, s.outcome, json));

    public override void Welcome(HelloIntent hello, in Greeting greeting, IMessageWriter output) =>
        Converted.Write(output, (_json, hello, greeting), static (json, s) => s._json.Welcome(s.hello, s.greeting, json));

    public override void Assign(Assignment assignment, IMessageWriter output) =>
        Converted.Write(output, (_json, assignment), static (json, s) => s._json.Assign(s.assignment, json));

    public override void Cancel(LeaseRef lease, string? reason, TimeSpan grace, IMessageWriter output) =>
        Converted.Write(output, (_json, lease, reason, grace), static (json, s) => s._json.Cancel(s.lease, s.reason, s.grace, json));

    public override void Stop(LeaseRef lease, string reason, IMessageWriter output) =>
        Converted.Write(output, (_json, lease, reason), static (json, s) => s._json.Stop(s.lease, s.reason, json));

    public override void AnswerQuestion(LeaseRef lease, QuestionAnswer answer, IMessageWriter output) =>
        Converted.Write(output, (_json, lease, answer), static (json, s) => s._json.AnswerQuestion(s.lease, s.answer, json));

    public override void RequestVote(VoteRequested request, IMessageWriter output) =>
        Converted.Write(output, (_json, request), static (json, s) => s._json.RequestVote(s.request, json));

    public override void StartProcess(RunnerStart request, IMessageWriter output) =>
        Converted.Write(output, (_json, request), static (json, s) => s._json.StartProcess(s.request, json));

    public override void StopProcess(RunnerStop request, IMessageWriter output) =>
        Converted.Write(output, (_json, request), static (json, s) => s._json.StopProcess(s.request, json));

    public override void Deliver(AgentMessage message, IMessageWriter output) =>
        Converted.Write(output, (_json, message), static (json, s) => s._json.Deliver(s.message, json));

    public override void Ping(DateTimeOffset now, IMessageWriter output) =>
        Converted.Write(output, (_json, now), static (json, s) => s._json.Ping(s.now, json));

    public override void Expiring(DateTimeOffset at, IMessageWriter output) =>
        Converted.Write(output, (_json, at), static (json, s) => s._json.Expiring(s.at, json));

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output) => Converted.Write(
        output, (_json, code, reason, comeBackAfter), static (json, s) => s._json.Goodbye(s.code, s.reason, s.comeBackAfter, json));

    private static string? TryRead(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(64, 2 * frame.Length));
        var problem = MessagePackCodec.ToJson(frame.ToArray(), output);
        json = output.WrittenSpan;
        return problem;
    }

    // Replies that the dialect has already written.
    private static void Convert(List<Intent> intents, int first)
    {
        for (var i = first; i < intents.Count; i++) intents[i] = Convert(intents[i]);
    }

    private static Intent Convert(Intent intent) => intent switch
    {
        ReplyIntent reply => new ReplyIntent(Converted.Of(reply.Body.Span)),
        SequenceIntent sequence => new SequenceIntent([.. sequence.Intents.Select(Convert)]),
        ActForIntent { Then: { } then } act => act with { Then = Convert(then) },
        _ => intent,
    };
}
