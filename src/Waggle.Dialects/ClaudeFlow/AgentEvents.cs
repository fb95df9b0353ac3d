using Waggle.Core.Agents;
using Waggle.Core.Tasks;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>The events of the agent channel.</summary>
internal static class AgentEvents
{
    public static IReadOnlyList<EventRow> Rows { get; } =
    [
        EventRow.Of<AgentStatusChanged>(
            EventTypes.AgentStatus, "agent_status", r => r.Agent,
            Field<AgentStatusChanged>.Text("agentId", "agent", r => r.Agent),
            Field<AgentStatusChanged>.Text("status", "status, slots, holding", r => Vocabulary.StatusOf(r.Status, r.Slots, r.Holding)),
            Field<AgentStatusChanged>.Group(
                "metadata",
                Field<AgentStatusChanged>.Text("event", "started or stopped, if the agent came or left", EventOf),
                Field<AgentStatusChanged>.Text("reason", "reason", r => r.Reason))),
        EventRow.Of<AgentRemoved>(
            EventTypes.AgentStatus, "agent_removed", r => r.Agent,
            Field<AgentRemoved>.Text("agentId", "agent", r => r.Agent),
            Field<AgentRemoved>.Text("status", "offline", _ => "offline"),
            Field<AgentRemoved>.Group(
                "metadata",
                Field<AgentRemoved>.Text("event", "stopped", _ => "stopped"),
                Field<AgentRemoved>.Text("reason", "reason", r => r.Reason))),
        EventRow.Of<TaskAssigned>(
            EventTypes.AgentStatus, "task_assigned", r => r.Agent,
            Field<TaskAssigned>.Text("agentId", "agent", r => r.Agent),
            Field<TaskAssigned>.Text("status", "busy", _ => "busy"),
            Field<TaskAssigned>.Group("metadata", Field<TaskAssigned>.Text("taskId", "task", r => r.Task))),
        Ended<TaskCompleted>("task_completed", r => r.Ended),
        Ended<TaskFailed>("task_failed", r => r.Ended),
        Ended<TaskExpired>("task_expired", r => r.Ended),
        Ended<TaskCancelled>("task_cancelled", r => r.Ended),
        Ended<TaskRequeued>("task_requeued", r => r.Ended),
        Ended<TaskRetryScheduled>("task_retry_scheduled", r => r.Ended),
    ];

    private static EventRow Ended<T>(string kind, Func<T, AttemptEnd?> end)
        where T : TaskRecord => EventRow.Of<T>(
            EventTypes.AgentStatus, kind, "an attempt ended", r => end(r)?.Standing is not null, r => end(r)!.Agent,
            Field<T>.Text("agentId", "ended.agent", r => end(r)!.Agent),
            Field<T>.Text(
                "status", "ended.standing.status, ended.standing.holding",
                r => Vocabulary.StatusOf(end(r)!.Standing!.Status, slots: 1, end(r)!.Standing!.Holding)),
            Field<T>.Group("metadata", Field<T>.Text("taskId", "task", r => r.Task)));

    private static string? EventOf(AgentStatusChanged r)
    {
        var (was, isThere) = (r.OldStatus == AgentStatus.Online, Vocabulary.StatusOf(r.Status, r.Slots, r.Holding) != "offline");
        return was == isThere ? null : isThere ? "started" : "stopped";
    }
}
