using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects;

/// <summary>
/// How one client API says things: a pure state machine, one instance a connection. Bytes in, intents out; outcomes in, bytes out.
/// It has no socket, clock, container or logger; the session around it has.
/// </summary>
public abstract class Dialect
{
    /// <summary>How records are said; one shared instance for each form, so that a body is made once for all connections.</summary>
    public abstract IRenderer Renderer { get; }

    /// <summary>When a silent client is asked whether it lives.</summary>
    public virtual Heartbeat Heartbeat => Heartbeat.Standard;

    /// <summary>
    /// The client is connected. A foreign one says no hello: what it is greeted with, and which records it hears, is told from here, and the answer is true.
    /// False: its hello is waited for.
    /// </summary>
    public virtual bool Open(in Opening opening, List<Intent> intents) => false;

    /// <summary>What a text frame asks for, in its order. Bad input becomes a <see cref="ReplyIntent"/> in the dialect's own words.</summary>
    public abstract void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents);

    /// <summary>A frame that is not text, or larger than the wire takes.</summary>
    public abstract void Refuse(string code, string message, List<Intent> intents);

    /// <summary>The answer to an intent. May be called from several threads, but only while the connection lives.</summary>
    public abstract void Answer(Intent intent, in Outcome outcome, IMessageWriter output);

    /// <summary>The greeting after a hello was accepted.</summary>
    public abstract void Welcome(HelloIntent hello, in Greeting greeting, IMessageWriter output);

    public abstract void Assign(Assignment assignment, IMessageWriter output);

    public abstract void Cancel(LeaseRef lease, string? reason, TimeSpan grace, IMessageWriter output);

    public abstract void Stop(LeaseRef lease, string reason, IMessageWriter output);

    /// <summary>A ping in the dialect's own words, beside that of the transport; asked for by <see cref="Heartbeat.Spoken"/>.</summary>
    public virtual void Ping(DateTimeOffset now, IMessageWriter output)
    {
    }

    /// <summary>The token lapses soon.</summary>
    public abstract void Expiring(DateTimeOffset at, IMessageWriter output);

    /// <summary>The last words before the hub closes.</summary>
    /// <param name="comeBackAfter">Where the client is wanted again, but not at once.</param>
    public abstract void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output);
}
