using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>The <c>result</c> of a reply, by request.</summary>
public sealed record TaskCreated(string Id, TaskState State, bool Duplicate, int MatchingAgents)
{
    /// <summary>The reason why no agent qualifies now, for a request with one task. Null if an agent qualifies or the task has ended.</summary>
    public UnschedulableReason? UnschedulableReason { get; init; }
}

public sealed record TasksCreated(IReadOnlyList<TaskCreated> Tasks);

public sealed record TaskPage(IReadOnlyList<TaskView> Tasks, string? Cursor);

/// <param name="Cursor">The cursor of the next page; null on the last page.</param>
public sealed record AgentPage(IReadOnlyList<AgentView> Agents, string? Cursor = null);

public sealed record SwarmPage(IReadOnlyList<SwarmView> Swarms);

/// <summary>The agents of a swarm that are online, by id, with their places in its topology.</summary>
/// <param name="Agents">The number of agents that are online, those of other pages included.</param>
/// <param name="Links">The number of links between them.</param>
/// <param name="Cursor">The cursor of the next page; null for the last page.</param>
public sealed record TopologyPage(TopologyView Topology, int Agents, long Links, IReadOnlyList<TopologyMember> Members, string? Cursor);

/// <param name="Messages">One message for each agent.</param>
/// <param name="ExpiresAt">The time until which the hub keeps them for their agents.</param>
public sealed record MessagesSent(IReadOnlyList<SentMessage> Messages, DateTimeOffset ExpiresAt);

/// <param name="Duplicate">Whether it was sent before under the same idempotency key.</param>
public sealed record SentMessage(string Message, string Agent, bool Duplicate = false);

/// <param name="Acknowledged">The number of messages that ended by this; the others had ended before.</param>
public sealed record MessagesAcknowledged(int Acknowledged);

/// <summary>The messages that wait for an agent, the oldest first.</summary>
/// <param name="Waiting">The number of all messages that wait, those that are not listed included.</param>
public sealed record InboxPage(IReadOnlyList<AgentMessage> Messages, int Waiting);

/// <summary>A page of alerts, newest first.</summary>
public sealed record AlertPage(IReadOnlyList<AlertView> Alerts, string? Cursor);

/// <param name="Duplicate">Whether the hub accepted the same message before; this repeats its first answer.</param>
/// <param name="CancelRequested">Whether a cancellation was requested; a completion that lands before it stands.</param>
public sealed record TaskAck(string Task, TaskState State, bool Duplicate = false, bool CancelRequested = false)
{
    /// <summary>The id of the question, in the reply to <c>task.ask</c>.</summary>
    public string? Question { get; init; }
}

/// <param name="Stop">The named leases that are not in force.</param>
/// <param name="Cancel">The named leases whose tasks are to be cancelled.</param>
public sealed record Renewed(IReadOnlyList<LeaseRef> Stop, IReadOnlyList<LeaseRef> Cancel);

/// <param name="Recovered">Whether the reply is complete. False means that records between <c>since</c> and now are missing; the client loads the state
/// again.</param>
/// <param name="Records">The durable records after <c>since</c>.</param>
/// <param name="Latest">The newest value of each matching topic of the latest class.</param>
public sealed record Subscribed(string Subscription, bool Recovered, IReadOnlyList<RecordMessage> Records, IReadOnlyList<RecordMessage> Latest);

/// <summary>A page of entries without their values, ordered by key.</summary>
/// <param name="Cursor">The cursor of the next page; null on the last page.</param>
public sealed record MemoryPage(IReadOnlyList<MemoryEntryView> Entries, string? Cursor);

/// <summary>A page of namespaces, ordered by swarm and name.</summary>
public sealed record MemoryNamespacePage(IReadOnlyList<MemoryNamespaceView> Namespaces, string? Cursor);

/// <summary>Proposals without their electorates, the newest first.</summary>
/// <param name="Cursor">The cursor of the next page; null on the last page.</param>
public sealed record ProposalPage(IReadOnlyList<ProposalView> Proposals, string? Cursor);

/// <summary>Ballots in the order of the first votes.</summary>
/// <param name="Cursor">The cursor of the next page; null on the last page.</param>
public sealed record BallotPage(IReadOnlyList<BallotView> Ballots, string? Cursor);

/// <summary>A page of questions, the newest first.</summary>
/// <param name="Cursor">The cursor of the next page; null on the last page.</param>
public sealed record QuestionPage(IReadOnlyList<QuestionView> Questions, string? Cursor);

/// <summary>The new end of a refreshed connection; null for a token that never expires.</summary>
public sealed record AuthRefreshed(DateTimeOffset? TokenExpiresAt);

public sealed record PresencePage(IReadOnlyList<PresenceView> Users);

public sealed record ConversationPage(IReadOnlyList<ConversationView> Conversations, string? Cursor);

public sealed record ChatMessagePage(IReadOnlyList<ChatMessageView> Messages, string? Cursor);

/// <summary>A page of notifications, the oldest first.</summary>
public sealed record NotificationPage(IReadOnlyList<NotificationView> Notifications, string? Cursor);

/// <summary>The answer to a runner that attached.</summary>
/// <param name="Stop">Those of the processes that it named which the hub does not know: it ends them.</param>
public sealed record RunnerAttached(string Runner, IReadOnlyList<ProcessRef> Stop);

/// <summary>The answer to a runner's report.</summary>
/// <param name="Go">Whether the runner is to start the process that it reported as starting.</param>
public sealed record ProcessGo(bool Go);

public sealed record RunnerPage(IReadOnlyList<RunnerView> Runners);

/// <summary>Spawned agents, the newest first.</summary>
/// <param name="Cursor">The cursor of the next page; null on the last page.</param>
public sealed record SpawnPage(IReadOnlyList<SpawnView> Spawns, string? Cursor = null);

/// <summary>Errors of tasks, the most frequent first.</summary>
/// <param name="More">Whether there are further errors.</param>
public sealed record TaskErrorPage(IReadOnlyList<TaskErrorGroup> Errors, bool More);

/// <summary>Schedules, the newest first.</summary>
/// <param name="Cursor">The cursor of the next page; null on the last one.</param>
public sealed record SchedulePage(IReadOnlyList<ScheduleView> Schedules, string? Cursor);

/// <summary>Entries of the audit log, the newest first.</summary>
/// <param name="Cursor">The cursor of the next page; null on the last one.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntryView> Entries, string? Cursor);
