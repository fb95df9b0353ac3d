using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Dialects.Mapping;
using TaskCancelled = Waggle.Core.Tasks.TaskCancelled;
using TaskCompleted = Waggle.Core.Tasks.TaskCompleted;

namespace Waggle.Dialects.CloudAgents;

/// <summary>Maps records to messages.</summary>
internal static class CloudAgentsMaps
{
    private const string AgentStatus = "agent_status";
    private const string Notification = "notification";

    public static IReadOnlyList<MessageMap> All { get; } =
    [
        new MessageMap<AgentStatusChanged>(
            AgentStatus, "agent_status",
            Field<AgentStatusChanged>.Text("agentName", "name", r => r.Name),
            Field<AgentStatusChanged>.Text("state", "status, holding", r => CloudAgentsWords.StateOf(r.Status, r.Holding))),
        new MessageMap<AgentRemoved>(
            AgentStatus, "agent_removed",
            Field<AgentRemoved>.Text("agentName", "name", r => r.Name),
            Field<AgentRemoved>.Text("state", "stopped", _ => "stopped")),
        // An agent that reports an end and no start has worked all the same.
        new MessageMap<TaskAssigned>(
            AgentStatus, "task_assigned",
            Field<TaskAssigned>.Text("agentName", "agent_name", r => r.AgentName),
            Field<TaskAssigned>.Text("state", "working", _ => "working"),
            Field<TaskAssigned>.Text("currentTask", "title", r => r.Title)),
        new MessageMap<TaskStarted>(
            AgentStatus, "task_started",
            Field<TaskStarted>.Text("agentName", "agent_name, else agent", r => r.AgentName ?? r.Agent),
            Field<TaskStarted>.Text("state", "working", _ => "working"),
            Field<TaskStarted>.Text("currentTask", "title", r => r.Title),
            Field<TaskStarted>.Number("progress", "0", _ => 0)),
        new MessageMap<TaskProgressed>(
            AgentStatus, "task_progress",
            Field<TaskProgressed>.Text("agentName", "agent_name, else agent", r => r.AgentName ?? r.Agent),
            Field<TaskProgressed>.Text("state", "working", _ => "working"),
            Field<TaskProgressed>.Text("currentTask", "title", r => r.Title),
            Field<TaskProgressed>.Number("progress", "100 × progress, to one decimal place", r => CloudAgentsWords.Percent(r.Progress))),
        Ended<TaskCompleted>("task_completed", r => r.Ended),
        Ended<TaskFailed>("task_failed", r => r.Ended),
        Ended<TaskExpired>("task_expired", r => r.Ended),
        Ended<TaskCancelled>("task_cancelled", r => r.Ended),
        Ended<TaskVerifying>("task_verifying", r => r.Ended),
        Ended<TaskInputRequired>("task_input_required", r => r.Ended),
        Ended<TaskRequeued>("task_requeued", r => r.Ended),
        Ended<TaskRetryScheduled>("task_retry_scheduled", r => r.Ended),
        Outcome<TaskCompleted>("task_completed", "success", "Task 'title' completed.", r => $"Task '{r.Title}' completed."),
        Outcome<TaskFailed>("task_failed", "error", "Task 'title' failed: error.message", r => $"Task '{r.Title}' failed: {r.Error.Message}"),
        Outcome<TaskExpired>("task_expired", "error", "Task 'title' ran out of time (timeout).", r => $"Task '{r.Title}' ran out of time ({r.Timeout})."),
        new MessageMap<MessagePosted>(
            "chat_message", "message_posted",
            Field<MessagePosted>.Text("conversationId", "conversation", r => r.Conversation),
            Field<MessagePosted>.Text("messageId", "message", r => r.Message),
            Field<MessagePosted>.Text("content", "content", r => r.Content),
            Field<MessagePosted>.Text("sender", "sender_name, else sender", r => r.SenderName ?? r.Sender),
            Field<MessagePosted>.Time("timestamp", "at", (_, record) => record.At)),
        new MessageMap<NotificationSent>(
            Notification, "notification_sent",
            Field<NotificationSent>.Text("level", "level", r => CloudAgentsWords.Of(r.Level)),
            Field<NotificationSent>.Text("message", "message", r => r.Message)),
        new MessageMap<UserPresenceChanged>(
            "user_presence", "user_presence",
            Field<UserPresenceChanged>.Text("userId", "user", r => r.User),
            Field<UserPresenceChanged>.Text("status", "status", r => CloudAgentsWords.Of(r.Status))),
    ];

    // The current task of the agent is known only if it holds none.
    private static MessageMap<T> Ended<T>(string kind, Func<T, AttemptEnd?> end)
        where T : RecordData => new(
            AgentStatus, kind, "an attempt ended", r => end(r)?.Standing is not null,
            Field<T>.Text("agentName", "ended.standing.name", r => end(r)!.Standing!.Name),
            Field<T>.Text(
                "state", "ended.standing.status, ended.standing.holding", r => CloudAgentsWords.StateOf(end(r)!.Standing!.Status, end(r)!.Standing!.Holding)));

    private static MessageMap<T> Outcome<T>(string kind, string level, string from, Func<T, string> message)
        where T : RecordData => new(
            Notification, kind,
            Field<T>.Text("level", level, _ => level),
            Field<T>.Text("message", from, message));
}
