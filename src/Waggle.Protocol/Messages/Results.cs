using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>The <c>result</c> of a reply, by request.</summary>
public sealed record TaskCreated(string Id, TaskState State, bool Duplicate, int MatchingAgents)
{
    /// <summary>Why no agent can have it now; for a request with one task. Null where one can, or where it has ended.</summary>
    public UnschedulableReason? UnschedulableReason { get; init; }
}

public sealed record TasksCreated(IReadOnlyList<TaskCreated> Tasks);

public sealed record TaskPage(IReadOnlyList<TaskView> Tasks, string? Cursor);

/// <param name="Cursor">Of the page after it; null: it is the last one.</param>
public sealed record AgentPage(IReadOnlyList<AgentView> Agents, string? Cursor = null);

public sealed record SwarmPage(IReadOnlyList<SwarmView> Swarms);

/// <summary>Newest first.</summary>
public sealed record AlertPage(IReadOnlyList<AlertView> Alerts, string? Cursor);

/// <param name="Duplicate">The same message was taken before; this is its first answer again.</param>
/// <param name="CancelRequested">A completion that lands before a cancellation stands.</param>
public sealed record TaskAck(string Task, TaskState State, bool Duplicate = false, bool CancelRequested = false);

/// <param name="Stop">Leases named that are not in force.</param>
/// <param name="Cancel">Leases named whose tasks are to be cancelled.</param>
public sealed record Renewed(IReadOnlyList<LeaseRef> Stop, IReadOnlyList<LeaseRef> Cancel);

/// <param name="Recovered">False: there is a hole between <c>since</c> and now; load the state anew.</param>
/// <param name="Records">The durable records missed.</param>
/// <param name="Latest">The newest value of each matching topic of the latest class.</param>
public sealed record Subscribed(string Subscription, bool Recovered, IReadOnlyList<RecordMessage> Records, IReadOnlyList<RecordMessage> Latest);

/// <summary>Until when a refreshed connection lasts; null: its token never lapses.</summary>
public sealed record AuthRefreshed(DateTimeOffset? TokenExpiresAt);

public sealed record PresencePage(IReadOnlyList<PresenceView> Users);

public sealed record ConversationPage(IReadOnlyList<ConversationView> Conversations, string? Cursor);

public sealed record ChatMessagePage(IReadOnlyList<ChatMessageView> Messages, string? Cursor);

/// <summary>The oldest first.</summary>
public sealed record NotificationPage(IReadOnlyList<NotificationView> Notifications, string? Cursor);
