using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects;

/// <summary>
/// A request of a client. The tag belongs to the dialect and contains the data that its answer needs. Without a tag, only a failure is answered.
/// </summary>
public abstract record Intent(object? Tag);

/// <summary>The client's first message, with its identity and its agent.</summary>
public sealed record HelloIntent(object? Tag, string? Client, bool Batch, AgentHello? Agent, string? Token = null) : Intent(Tag);

/// <summary>
/// Makes the session the worker of an agent, for a client that names its agent in a message instead of a hello. It is answered itself only on failure, or
/// without an intent after it.
/// </summary>
/// <param name="Then">The intent to perform as the agent; null for none.</param>
public sealed record ActForIntent(object? Tag, AgentHello Agent, Intent? Then) : Intent(Tag)
{
    /// <summary>Whether an agent that is known stays in its swarm, and that of <see cref="Agent"/> is for a new agent.</summary>
    public bool KeepsSwarm { get; init; }
}

/// <summary>Several intents of one message, performed in their order.</summary>
public sealed record SequenceIntent(params IReadOnlyList<Intent> Intents) : Intent((object?)null);

/// <summary>A fresh token.</summary>
public sealed record RefreshIntent(object? Tag, string Token) : Intent(Tag);

/// <summary>The token of a client whose dialect sends it in a message of its own, without a hello.</summary>
public sealed record AuthenticateIntent(object? Tag, string Token) : Intent(Tag);

/// <summary>A change of the hive. It is answered when it is durable, if it has a tag.</summary>
public sealed record CommandIntent(object? Tag, Command Command) : Intent(Tag);

/// <summary>A query of the store for tasks.</summary>
public sealed record ListTasksIntent(object? Tag, TaskList Query) : Intent(Tag);

/// <summary>A query for the errors of tasks.</summary>
public sealed record ListTaskErrorsIntent(object? Tag, TaskErrors Query) : Intent(Tag);

public sealed record ListAlertsIntent(object? Tag, AlertList Query) : Intent(Tag);

public sealed record ShowTaskIntent(object? Tag, string Task) : Intent(Tag);

/// <summary>A query of the store for memory.</summary>
public sealed record MemoryIntent(object? Tag, ClientMessage Query) : Intent(Tag);

/// <summary>A question about proposals and ballots to the store.</summary>
public sealed record VoteIntent(object? Tag, ClientMessage Query) : Intent(Tag);

/// <summary>A query of the store for the usage of some days.</summary>
public sealed record CostIntent(object? Tag, CostShow Query) : Intent(Tag);

/// <summary>A query of the store for schedules.</summary>
public sealed record ListSchedulesIntent(object? Tag, ScheduleList Query) : Intent(Tag);

/// <summary>A query of the store for log lines of a task.</summary>
public sealed record TaskLogsIntent(object? Tag, TaskLogs Query) : Intent(Tag);

/// <summary>A query of the store for bulks, or for the tasks that one would begin with.</summary>
public sealed record BulkIntent(object? Tag, ClientMessage Query) : Intent(Tag);

/// <summary>A query of the store for purges, or for what one would begin with.</summary>
public sealed record PurgeIntent(object? Tag, ClientMessage Query) : Intent(Tag);

public sealed record ListAuditIntent(object? Tag, AuditList Query) : Intent(Tag);
/// <summary>A query of the store for workflows and their runs.</summary>
public sealed record WorkflowIntent(object? Tag, ClientMessage Query) : Intent(Tag);

/// <summary>Lists questions.</summary>
public sealed record QuestionIntent(object? Tag, ClientMessage Query) : Intent(Tag);

/// <summary>A message of a runner, or a query of the store for spawned agents.</summary>
public sealed record RunnerIntent(object? Tag, ClientMessage Message) : Intent(Tag);

public sealed record SubscribeIntent(object? Tag, IReadOnlyList<string> Topics, Protocol.Position? Since) : Intent(Tag)
{
    /// <summary>The dialect's name for the subscription, which replaces one with that name; null lets the session number it.</summary>
    public string? Name { get; init; }

    /// <summary>The unparsed filter; null for every record of the topics.</summary>
    public RawJson Filter { get; init; }
    public MaxRate? MaxRate { get; init; }
    public Batching? Batch { get; init; }

    /// <summary>
    /// Whether topics that the client may not read are left out. Otherwise they refuse the whole subscription. For dialects that choose the topics for the
    /// client.
    /// </summary>
    public bool AsPermitted { get; init; }

    /// <summary>The form of the subscription's records, in place of the dialect's renderer; see <see cref="SubscriptionSpec.Form"/>.</summary>
    public IRenderer? Form { get; init; }

    /// <summary>Whether the topics are globs over whole names instead of patterns of segments.</summary>
    public bool Globs { get; init; }

    /// <summary>Whether the client takes frames with several records from now on, as <see cref="Batch"/> requires.</summary>
    public bool TakesBatches { get; init; }
}

public sealed record UnsubscribeIntent(object? Tag, string Subscription) : Intent(Tag);

/// <summary>A message to send at once.</summary>
public sealed record ReplyIntent(ReadOnlyMemory<byte> Body) : Intent((object?)null);

/// <summary>A query for an overview of the hive (<see cref="HiveOverview"/>), as far as the client may read it.</summary>
public sealed record OverviewIntent(object? Tag) : Intent(Tag);

/// <summary>Sets the subject that the client claims, in development mode without authentication.</summary>
public sealed record ActAsIntent(string Subject) : Intent((object?)null);

/// <summary>Switches the session to the dialect of the client, which is now known. That dialect opens for it here.</summary>
public sealed record BecomeIntent(DialectEntry Entry) : Intent((object?)null)
{
    /// <summary>The frame that has shown the dialect; the new dialect reads it.</summary>
    public required ReadOnlyMemory<byte> FirstWords { get; init; }
}

/// <summary>Ends the connection.</summary>
public sealed record CloseIntent(int Code, string Reason) : Intent((object?)null);
