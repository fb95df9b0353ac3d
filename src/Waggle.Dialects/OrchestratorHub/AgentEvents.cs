using Waggle.Core.Agents;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

internal static class AgentEvents
{
    private const string StatusChanged = "agent_status_changed";

    public static IReadOnlyList<MessageMap> Rows { get; } =
    [
        new MessageMap<AgentRegistered>(
            "agent_created", "agent_registered", "not `changed`", r => !r.Changed,
            Field<AgentRegistered>.Group(
                "agent",
                Field<AgentRegistered>.Text("id", "agent", r => r.Agent),
                Field<AgentRegistered>.Text("name", "name", r => r.Name),
                Field<AgentRegistered>.Text("type", "type", r => Vocabulary.TypeOf(r.Type)),
                Field<AgentRegistered>.Value("capabilities", "capabilities", (writer, r) => JsonShapes.WriteProficiencies(writer, r.Capabilities)),
                Field<AgentRegistered>.Time("created_at", "at", (_, record) => record.At))),
        new MessageMap<AgentStatusChanged>(
            StatusChanged, "agent_status", "`old_status` and `status` are different words",
            r => r.OldStatus is { } old && Vocabulary.Of(old, r.Holding) != Vocabulary.Of(r.Status, r.Holding),
            Field<AgentStatusChanged>.Text("agent_id", "agent", r => r.Agent),
            Field<AgentStatusChanged>.Text("old_status", "old_status, holding", r => Vocabulary.Of(r.OldStatus!.Value, r.Holding)),
            Field<AgentStatusChanged>.Text("new_status", "status, holding", r => Vocabulary.Of(r.Status, r.Holding)),
            Field<AgentStatusChanged>.Text("reason", "reason, else worker_connected, draining", ReasonOf)),
        new MessageMap<TaskAssigned>(
            StatusChanged, "task_assigned", "`holding` is 1", r => r.Holding == 1,
            Field<TaskAssigned>.Text("agent_id", "agent", r => r.Agent),
            Field<TaskAssigned>.Text("old_status", "idle", _ => Vocabulary.Of(AgentStatus.Online, 0)),
            Field<TaskAssigned>.Text("new_status", "active", _ => Vocabulary.Of(AgentStatus.Online, 1)),
            Field<TaskAssigned>.Text("reason", "kind", r => r.Kind)),
        Idle<TaskCompleted>("task_completed", r => r.Ended),
        Idle<TaskFailed>("task_failed", r => r.Ended),
        Idle<TaskRetryScheduled>("task_retry_scheduled", r => r.Ended),
        Idle<TaskVerifying>("task_verifying", r => r.Ended),
        Idle<TaskInputRequired>("task_input_required", r => r.Ended),
        Idle<TaskRequeued>("task_requeued", r => r.Ended),
        Idle<TaskCancelled>("task_cancelled", r => r.Ended),
        Idle<TaskExpired>("task_expired", r => r.Ended),
        Performance<TaskCompleted>("task_completed", r => r.Ended),
        Performance<TaskFailed>("task_failed", r => r.Ended),
        Performance<TaskRetryScheduled>("task_retry_scheduled", r => r.Ended),
        Performance<TaskInputRequired>("task_input_required", r => r.Ended),
        Performance<TaskRequeued>("task_requeued", r => r.Ended),
        new MessageMap<AgentRemoved>(
            "agent_removed", "agent_removed",
            Field<AgentRemoved>.Text("agent_id", "agent", r => r.Agent),
            Field<AgentRemoved>.Text("reason", "reason, else manual_removal", r => r.Reason ?? "manual_removal"),
            Field<AgentRemoved>.Group(
                "cleanup_summary",
                Field<AgentRemoved>.Whole("tasks_reassigned", "requeued", r => r.Requeued),
                Field<AgentRemoved>.Flag("data_removed", "false: its tasks and records stay", _ => false))),
    ];

    private static MessageMap<T> Idle<T>(string kind, Func<T, AttemptEnd?> end)
        where T : TaskRecord => new(
        StatusChanged, kind, "`ended.standing.holding` is 0 and its status online", r => end(r)?.Standing is { Holding: 0, Status: AgentStatus.Online },
        Field<T>.Text("agent_id", "ended.agent", r => end(r)!.Agent),
        Field<T>.Text("old_status", "active", _ => Vocabulary.Of(AgentStatus.Online, 1)),
        Field<T>.Text("new_status", "idle", _ => Vocabulary.Of(AgentStatus.Online, 0)),
        Field<T>.Text("reason", "kind", r => r.Kind));

    private static MessageMap<T> Performance<T>(string kind, Func<T, AttemptEnd?> end)
        where T : TaskRecord => new(
        "agent_performance_updated", kind, "`ended.outcome` is completed, failed, timeout or lost",
        r => end(r) is { Standing: not null, Outcome: AttemptOutcomes.Completed or AttemptOutcomes.Failed or AttemptOutcomes.Timeout or AttemptOutcomes.Lost },
        Field<T>.Text("agent_id", "ended.agent", r => end(r)!.Agent),
        Field<T>.Group(
            "metrics",
            Field<T>.Whole("tasks_completed", "ended.standing.completed", r => end(r)!.Standing!.Completed),
            Field<T>.Number("success_rate", "ended.standing: completed / (completed + failed + lost), 0..1", r => Rate(end(r)!.Standing!)),
            Field<T>.Whole("average_response_time_ms", "ended.standing.average_ms", r => end(r)!.Standing!.AverageMs)));

    private static double Rate(AgentStanding standing) => JsonShapes.Share(standing.Completed, standing.Completed + standing.Failed + standing.Lost)!.Value;

    private static string? ReasonOf(AgentStatusChanged r) => r.Reason ?? r.Status switch
    {
        AgentStatus.Online => "worker_connected",
        AgentStatus.Draining => "draining",
        _ => null,
    };
}
