using Waggle.Core.AgentReports;
using Waggle.Core.Agents;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;
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
        EventRow.Of<AgentFailed>(
            EventTypes.AgentStatus, "agent_failed", r => r.Agent,
            Field<AgentFailed>.Text("agentId", "agent", r => r.Agent),
            Field<AgentFailed>.Text("status", "error", _ => "error"),
            Field<AgentFailed>.Group(
                "metadata",
                Field<AgentFailed>.Text("event", "error", _ => "error"),
                Field<AgentFailed>.Text("error", "message, else reason", r => r.Message ?? SnakeCase.Of(r.Reason)),
                Field<AgentFailed>.Text("reason", "reason", r => SnakeCase.Of(r.Reason)))),
        EventRow.Of<AgentHealthReported>(
            EventTypes.AgentHealth, "agent_health", "the agent is there", r => r.Healthy is not null, r => r.Agent,
            Field<AgentHealthReported>.Text("agentId", "agent", r => r.Agent),
            Field<AgentHealthReported>.Flag("healthy", "healthy", r => r.Healthy == true),
            Field<AgentHealthReported>.Text("message", "message", r => r.Message),
            Field<AgentHealthReported>.Value("metrics", "{}: they are in agent.ID.metrics", static (writer, _) =>
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            })),
        EventRow.Of<AgentMetricsReported>(
            EventTypes.AgentMetrics, "agent_metrics", "the agent is there", r => r.Metrics is not null, r => r.Agent,
            Field<AgentMetricsReported>.Text("agentId", "agent", r => r.Agent),
            Field<AgentMetricsReported>.Value("metrics", "metrics: value of each", (writer, r) =>
            {
                writer.WriteStartObject();
                foreach (var (name, metric) in r.Metrics!) writer.WriteNumber(name, metric.Value);
                writer.WriteEndObject();
            })),
        EventRow.Of<AgentLogged>(
            EventTypes.AgentLogs, "agent_log", "an event for each entry", null, r => r.Agent,
            Field<AgentLogged>.Text("agentId", "agent", r => r.Agent),
            Field<AgentLogged>.Text("level", "entries.level: trace is debug", r => Vocabulary.Of(r.Entries[0].Level)),
            Field<AgentLogged>.Text("message", "entries.message", r => r.Entries[0].Message),
            Field<AgentLogged>.Json("context", "entries.context", r => r.Entries[0].Context)) with
        {
            Split = data => ((AgentLogged)data).Entries.Select(e => (AgentLogged)data with { Entries = [e] }),
        },
        EventRow.Of<TaskAssigned>(
            EventTypes.AgentStatus, "task_assigned", r => r.Agent,
            Field<TaskAssigned>.Text("agentId", "agent", r => r.Agent),
            Field<TaskAssigned>.Text("status", "busy", _ => "busy"),
            Field<TaskAssigned>.Group("metadata", Field<TaskAssigned>.Text("taskId", "task", r => r.Task))),
        Ended<TaskCompleted>("task_completed", r => r.Ended),
        Ended<TaskFailed>("task_failed", r => r.Ended),
        Ended<TaskExpired>("task_expired", r => r.Ended),
        Ended<TaskCancelled>("task_cancelled", r => r.Ended),
        Ended<TaskVerifying>("task_verifying", r => r.Ended),
        Ended<TaskInputRequired>("task_input_required", r => r.Ended),
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
