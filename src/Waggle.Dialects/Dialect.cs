using System.Buffers;
using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Protocol.Json;
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

    /// <summary>What a text frame asks for, in its order. Bad input becomes a <see cref="ReplyIntent"/> in the dialect's own words.</summary>
    public abstract void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents);

    /// <summary>A frame that is not text, or larger than the wire takes.</summary>
    public abstract void Refuse(string code, string message, List<Intent> intents);

    /// <summary>The answer to an intent. May be called from several threads, but only while the connection lives.</summary>
    public abstract void Answer(Intent intent, in Outcome outcome, IBufferWriter<byte> output);

    /// <summary>The greeting after a hello was accepted.</summary>
    public abstract void Welcome(HelloIntent hello, in Greeting greeting, IBufferWriter<byte> output);

    public abstract void Assign(TaskEntity task, TimeSpan lease, IBufferWriter<byte> output);

    public abstract void Cancel(LeaseRef lease, string? reason, TimeSpan grace, IBufferWriter<byte> output);

    public abstract void Stop(LeaseRef lease, string reason, IBufferWriter<byte> output);

    /// <summary>The token lapses soon.</summary>
    public abstract void Expiring(DateTimeOffset at, IBufferWriter<byte> output);

    /// <summary>The last words before the hub closes.</summary>
    /// <param name="comeBackAfter">Where the client is wanted again, but not at once.</param>
    public abstract void Bye(int code, string reason, TimeSpan? comeBackAfter, IBufferWriter<byte> output);
}

/// <summary>What a client wants. The tag is the dialect's own: whatever it needs to answer. Without one only a failure is answered.</summary>
public abstract record Intent(object? Tag);

/// <summary>The first words: who it is, and which agent it speaks for.</summary>
public sealed record HelloIntent(object? Tag, string? Client, bool Batch, AgentHello? Agent, string? Token = null) : Intent(Tag);

/// <summary>A fresh token.</summary>
public sealed record RefreshIntent(object? Tag, string Token) : Intent(Tag);

/// <summary>A change of the hive. Answered when it is durable, if it has a tag.</summary>
public sealed record CommandIntent(object? Tag, Command Command) : Intent(Tag);

/// <summary>A question to the store.</summary>
public sealed record ListTasksIntent(object? Tag, TaskList Query) : Intent(Tag);

public sealed record ListAlertsIntent(object? Tag, AlertList Query) : Intent(Tag);

public sealed record ShowTaskIntent(object? Tag, string Task) : Intent(Tag);

public sealed record SubscribeIntent(object? Tag, IReadOnlyList<string> Topics, Protocol.Position? Since) : Intent(Tag)
{
    /// <summary>As it came; null: every record of the topics.</summary>
    public RawJson Filter { get; init; }
    public MaxRate? MaxRate { get; init; }
    public Batching? Batch { get; init; }
}

public sealed record UnsubscribeIntent(object? Tag, string Subscription) : Intent(Tag);

/// <summary>Something to send back at once.</summary>
public sealed record ReplyIntent(ReadOnlyMemory<byte> Body) : Intent((object?)null);

/// <summary>The connection is to end.</summary>
public sealed record CloseIntent(int Code, string Reason) : Intent((object?)null);

/// <summary>What a welcome says.</summary>
public readonly record struct Greeting(string Hub, string Hive, string Session, Protocol.Position Position, TimeSpan Heartbeat, WelcomeAgent? Agent, DateTimeOffset? TokenExpiresAt);
