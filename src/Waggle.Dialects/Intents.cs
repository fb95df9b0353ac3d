using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects;

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

/// <summary>A question about memory to the store.</summary>
public sealed record MemoryIntent(object? Tag, ClientMessage Query) : Intent(Tag);

public sealed record SubscribeIntent(object? Tag, IReadOnlyList<string> Topics, Protocol.Position? Since) : Intent(Tag)
{
    /// <summary>The dialect's own name for the subscription, in the place of one that has it already; null: the session numbers it.</summary>
    public string? Name { get; init; }

    /// <summary>As it came; null: every record of the topics.</summary>
    public RawJson Filter { get; init; }
    public MaxRate? MaxRate { get; init; }
    public Batching? Batch { get; init; }

    /// <summary>What the client may not hear is left out, instead of refusing all of it: it did not ask for these topics by name.</summary>
    public bool AsPermitted { get; init; }
}

public sealed record UnsubscribeIntent(object? Tag, string Subscription) : Intent(Tag);

/// <summary>Something to send back at once.</summary>
public sealed record ReplyIntent(ReadOnlyMemory<byte> Body) : Intent((object?)null);

/// <summary>The hive at a glance (<see cref="HiveOverview"/>), as far as the client may see it.</summary>
public sealed record OverviewIntent(object? Tag) : Intent(Tag);

/// <summary>In development mode, where nobody proves anything: who the client says it is.</summary>
public sealed record ActAsIntent(string Subject) : Intent((object?)null);

/// <summary>It is known now whose client this is: the rest of its life it speaks that dialect, which opens for it here.</summary>
public sealed record BecomeIntent(DialectEntry Entry) : Intent((object?)null)
{
    /// <summary>What showed it; for that dialect to read.</summary>
    public required ReadOnlyMemory<byte> FirstWords { get; init; }
}

/// <summary>The connection is to end.</summary>
public sealed record CloseIntent(int Code, string Reason) : Intent((object?)null);
