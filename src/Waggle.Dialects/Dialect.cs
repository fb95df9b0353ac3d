using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Dialects;

/// <summary>
/// The messages of one client API as a pure state machine, with one instance for each connection. It converts bytes to intents, and outcomes to bytes. It has
/// no socket, clock, container or logger; the session around it has them.
/// </summary>
/// <remarks>
/// One thread at a time calls the members of an instance, except <see cref="Answer"/>. An instance never throws for the input of a client: an error becomes a
/// <see cref="ReplyIntent"/> in the dialect's own form. Dialects of other APIs derive from <see cref="ForeignDialect"/>. docs/write-a-dialect.md has a
/// complete dialect with tables and commands.
/// </remarks>
/// <example>
/// A dialect whose clients receive the records of all tasks and send only <c>ping</c>. <c>PingRenderer</c> is its <see cref="IRenderer"/>.
/// <code>
/// internal sealed class PingDialect : ForeignDialect
/// {
///     public static DialectEntry Entry { get; } = new("ping", 3999, () =&gt; new PingDialect());
///
///     public override IRenderer Renderer =&gt; PingRenderer.Instance;
///
///     public override bool Open(in Opening opening, List&lt;Intent&gt; intents)
///     {
///         intents.Add(new SubscribeIntent(null, ["task.#"], null) { AsPermitted = true });
///         return true;
///     }
///
///     public override void Read(ReadOnlySpan&lt;byte&gt; frame, Principal by, List&lt;Intent&gt; intents) =&gt;
///         intents.Add(new ReplyIntent(frame.SequenceEqual("ping"u8) ? "pong"u8.ToArray() : "error"u8.ToArray()));
///
///     public override void Refuse(string code, string message, List&lt;Intent&gt; intents) =&gt;
///         intents.Add(new ReplyIntent(Encoding.UTF8.GetBytes(message)));
///
///     public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output) =&gt; Write(output, outcome.Error?.Message ?? "ok");
///
///     public override void Expiring(DateTimeOffset at, IMessageWriter output) =&gt; Write(output, "token expires");
///
///     public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output) =&gt; Write(output, reason);
///
///     private static void Write(IMessageWriter output, string text)
///     {
///         output.Write(Encoding.UTF8.GetBytes(text));
///         output.Next();
///     }
/// }
/// </code>
/// </example>
public abstract class Dialect
{
    /// <summary>Renders records. Each form has one shared instance, so that each body is encoded once for all connections.</summary>
    public abstract IRenderer Renderer { get; }

    /// <summary>
    /// Chooses the form of a record for this connection, in a dialect with several forms. Null from the function sends nothing. If the property is null, every
    /// record has the form <see cref="Renderer"/>. The delivery loop calls the function while other members run.
    /// </summary>
    public virtual Func<Record, IRenderer?>? FormOf => null;

    /// <summary>Whether messages are binary frames, in both directions, and not text.</summary>
    public virtual bool IsBinary => false;

    /// <summary>The times after which the session pings a silent client.</summary>
    public virtual Heartbeat Heartbeat => Heartbeat.Standard;

    /// <summary>
    /// Called when the client has connected. A foreign dialect adds its greeting and its subscriptions to the intents and returns true. False makes the session
    /// wait for the client's hello.
    /// </summary>
    public virtual bool Open(in Opening opening, List<Intent> intents) => false;

    /// <summary>
    /// Adds the intents of a frame in their order: a text frame, or a binary one if the dialect <see cref="IsBinary"/>.
    /// Invalid input becomes a <see cref="ReplyIntent"/> in the dialect's own form.
    /// </summary>
    public abstract void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents);

    /// <summary>Adds the answer to a frame of the wrong type, or one that exceeds the size limit.</summary>
    public abstract void Refuse(string code, string message, List<Intent> intents);

    /// <summary>Adds the answer to a text frame that exceeds the client's rate limit. The hub does not process the frame.</summary>
    public virtual void Limit(ReadOnlySpan<byte> frame, in RateRefusal refusal, List<Intent> intents) =>
        Refuse(ErrorCodes.RateLimited, refusal.Message, intents);

    /// <summary>Writes the answer to an intent. Several threads may call it, but only while the connection is open.</summary>
    public abstract void Answer(Intent intent, in Outcome outcome, IMessageWriter output);

    /// <summary>Writes the greeting after an accepted hello.</summary>
    public abstract void Welcome(HelloIntent hello, in Greeting greeting, IMessageWriter output);

    /// <summary>Called when the session has become the worker of an agent by an <see cref="ActForIntent"/>.</summary>
    /// <param name="lease">How long leases last without a renewal, unless their task sets its own time.</param>
    public virtual void Attached(WelcomeAgent agent, TimeSpan lease)
    {
    }

    /// <summary>Called when the client has answered a ping of the transport.</summary>
    public virtual void Answered(Principal by, List<Intent> intents)
    {
    }

    public abstract void Assign(Assignment assignment, IMessageWriter output);

    public abstract void Cancel(LeaseRef lease, string? reason, TimeSpan grace, IMessageWriter output);

    public abstract void Stop(LeaseRef lease, string reason, IMessageWriter output);

    /// <summary>Brings the answer to a worker that waits with its lease; a dialect whose workers cannot ask writes nothing.</summary>
    public virtual void AnswerQuestion(LeaseRef lease, QuestionAnswer answer, IMessageWriter output)
    {
    }

    /// <summary>Asks a worker for the vote of its agent; a dialect without workers writes nothing.</summary>
    public virtual void RequestVote(VoteRequested request, IMessageWriter output)
    {
    }

    /// <summary>Asks a runner to start a process; a dialect without runners writes nothing.</summary>
    public virtual void StartProcess(RunnerStart request, IMessageWriter output)
    {
    }

    /// <summary>Asks a runner to end a process; a dialect without runners writes nothing.</summary>
    public virtual void StopProcess(RunnerStop request, IMessageWriter output)
    {
    }

    /// <summary>
    /// Whether the clients receive messages to their agents by <see cref="Deliver"/>. The hub keeps the messages to an agent whose client does not, until they
    /// expire or another worker of the agent takes them.
    /// </summary>
    public virtual bool TakesMessages => false;

    /// <summary>Writes a message to the agent of a worker, in a dialect that <see cref="TakesMessages"/>.</summary>
    public virtual void Deliver(AgentMessage message, IMessageWriter output)
    {
    }

    /// <summary>Writes a ping in the dialect's own form, besides that of the transport. <see cref="Heartbeat.Spoken"/> enables it.</summary>
    public virtual void Ping(DateTimeOffset now, IMessageWriter output)
    {
    }

    /// <summary>Writes the warning that the token expires soon.</summary>
    public abstract void Expiring(DateTimeOffset at, IMessageWriter output);

    /// <summary>Returns the close code of this dialect for one of the hub's, see <see cref="Protocol.CloseCodes"/>.</summary>
    public virtual int CloseCodeOf(int code) => code;

    /// <summary>Writes the last message before the hub closes the connection.</summary>
    /// <param name="comeBackAfter">The time after which the client may reconnect, if the hub stops; otherwise null.</param>
    public abstract void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output);
}
