using Waggle.Core.Agents;
using Waggle.Core.Insight;
using Waggle.Core.Memory;
using Waggle.Core.Performance;
using Waggle.Core.Schemas;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Core.Topology;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>The messages of each channel, field by field. The dialect's page has the same rows.</summary>
internal static class Rows
{
    public static IReadOnlyList<MessageMap> SwarmCoordination { get; } =
    [
        new MessageMap<SwarmCreated>(
            "swarm_status", "swarm_created",
            Field<SwarmCreated>.Text("swarmId", "swarm_id", r => r.SwarmId),
            Field<SwarmCreated>.Text("status", "active", _ => Vocabulary.Of(SwarmState.Active))),
        new MessageMap<SwarmStateChanged>(
            "swarm_status", "swarm_state",
            Field<SwarmStateChanged>.Text("swarmId", "swarm_id", r => r.SwarmId),
            Field<SwarmStateChanged>.Text("status", "state", r => Vocabulary.Of(r.State))),
        new MessageMap<TopologyChanged>(
            "swarm_status", "swarm_topology_changed",
            Field<TopologyChanged>.Text("swarmId", "swarm_id", r => r.SwarmId),
            Field<TopologyChanged>.Text("topology", "to", r => Vocabulary.Of(r.To))),
        new MessageMap<SwarmMeasured>(
            "swarm_status", "swarm_metrics",
            Field<SwarmMeasured>.Text("swarmId", "swarm_id", r => r.SwarmId),
            Field<SwarmMeasured>.Text("status", "state", r => Vocabulary.Of(r.State)),
            Field<SwarmMeasured>.Text("topology", "topology", r => r.Topology is { } topology ? Vocabulary.Of(topology) : null),
            Field<SwarmMeasured>.Group(
                "agents",
                Field<SwarmMeasured>.Whole("total", "agents: all", r => r.Agents.Values.Sum()),
                Field<SwarmMeasured>.Whole("active", "agents.working", r => r.Agents.GetValueOrDefault("working")),
                Field<SwarmMeasured>.Whole("idle", "agents.idle", r => r.Agents.GetValueOrDefault("idle")),
                Field<SwarmMeasured>.Whole("failed", "failed_agents", r => r.FailedAgents),
                Field<SwarmMeasured>.Whole("offline", "agents.offline", r => r.Agents.GetValueOrDefault("offline"))),
            Field<SwarmMeasured>.Group(
                "performance",
                Field<SwarmMeasured>.Whole("tasksCompleted", "totals.completed", r => r.Totals.Completed),
                Field<SwarmMeasured>.NumberOrNull("averageResponseTime", "window.average_ms", r => r.Window.AverageMs),
                Field<SwarmMeasured>.NumberOrNull("throughput", "window.completed_per_minute", r => r.Window.CompletedPerMinute))),
    ];

    public static IReadOnlyList<MessageMap> AgentStatus { get; } =
    [
        new MessageMap<AgentStatusChanged>(
            "agent_status", "agent_status", "`old_status` and `status` are different words, or the agent is new",
            r => r.OldStatus is not { } old || Vocabulary.Of(old, r.Holding) != Vocabulary.Of(r.Status, r.Holding),
            Field<AgentStatusChanged>.Text("swarmId", "swarm", r => r.Swarm),
            Field<AgentStatusChanged>.Text("agentId", "agent", r => r.Agent),
            Field<AgentStatusChanged>.Text("oldStatus", "old_status, holding", r => r.OldStatus is { } old ? Vocabulary.Of(old, r.Holding) : null),
            Field<AgentStatusChanged>.Text("newStatus", "status, holding", r => Vocabulary.Of(r.Status, r.Holding))),
        new MessageMap<TaskAssigned>(
            "agent_status", "task_assigned", "`holding` is 1", r => r.Holding == 1,
            Field<TaskAssigned>.Text("swarmId", "swarm", r => r.Swarm),
            Field<TaskAssigned>.Text("agentId", "agent", r => r.Agent),
            Field<TaskAssigned>.Text("oldStatus", "idle", _ => "idle"),
            Field<TaskAssigned>.Text("newStatus", "working", _ => "working"),
            Field<TaskAssigned>.Text("taskId", "task", r => r.Task)),
        Idle<TaskCompleted>("task_completed", r => r.Ended),
        Idle<TaskFailed>("task_failed", r => r.Ended),
        Idle<TaskRetryScheduled>("task_retry_scheduled", r => r.Ended),
        Idle<TaskVerifying>("task_verifying", r => r.Ended),
        Idle<TaskInputRequired>("task_input_required", r => r.Ended),
        Idle<TaskRequeued>("task_requeued", r => r.Ended),
        Idle<TaskCancelled>("task_cancelled", r => r.Ended),
        Idle<TaskExpired>("task_expired", r => r.Ended),
    ];

    public static IReadOnlyList<MessageMap> SwarmEvents { get; } =
    [
        new MessageMap<AgentRegistered>(
            "agent_spawned", "agent_registered", "not `changed`", r => !r.Changed,
            Field<AgentRegistered>.Text("swarmId", "swarm", r => r.Swarm),
            Field<AgentRegistered>.Text("agentId", "agent", r => r.Agent),
            Field<AgentRegistered>.Text("agentType", "type", r => r.Type),
            Field<AgentRegistered>.Value("capabilities", "capabilities: the names", (writer, r) =>
            {
                writer.WriteStartArray();
                foreach (var name in r.Capabilities.Keys.Order(StringComparer.Ordinal)) writer.WriteStringValue(name);
                writer.WriteEndArray();
            }),
            Field<AgentRegistered>.Time("spawnedAt", "at", (_, record) => record.At)),
        .. AgentStatus,
        new MessageMap<AgentFailed>(
            "agent_failure", "agent_failed",
            Field<AgentFailed>.Text("swarmId", "swarm", r => r.Swarm),
            Field<AgentFailed>.Text("agentId", "agent", r => r.Agent),
            Field<AgentFailed>.Text("reason", "reason", r => SnakeCase.Of(r.Reason)),
            Field<AgentFailed>.Time("failedAt", "at", (_, record) => record.At),
            Field<AgentFailed>.Text("recoveryAction", "recovery: none, requeue, restart", r => Vocabulary.Of(r.Recovery)),
            Field<AgentFailed>.Whole("tasksRequeued", "requeued", r => r.Requeued),
            Field<AgentFailed>.Whole("exitCode", "exit_code", r => r.ExitCode),
            Field<AgentFailed>.Text("message", "message", r => r.Message)),
    ];

    public static IReadOnlyList<MessageMap> TaskCoordination { get; } =
    [
        new MessageMap<TaskAssigned>(
            "task_assigned", "task_assigned",
            Field<TaskAssigned>.Text("taskId", "task", r => r.Task),
            Field<TaskAssigned>.Text("assignedTo", "agent", r => r.Agent),
            Field<TaskAssigned>.Text("swarmId", "swarm", r => r.Swarm),
            Field<TaskAssigned>.Text(
                "priority", "priority: critical 1, high 2, medium 3, low 4 and 5", r => r.Priority is { } priority ? Vocabulary.OfPriority(priority) : null),
            Field<TaskAssigned>.Whole("estimatedDuration", "estimate.p50_ms", r => r.Estimate?.P50Ms)),
        new MessageMap<TaskProgressed>(
            "task_progress", "task_progress",
            Field<TaskProgressed>.Text("taskId", "task", r => r.Task),
            Field<TaskProgressed>.Text("agentId", "agent", r => r.Agent),
            Field<TaskProgressed>.Number("progress", "progress, 0 to 1", r => r.Progress),
            Field<TaskProgressed>.Text("message", "message", r => r.Message),
            Field<TaskProgressed>.Whole("estimatedTimeRemaining", "remaining_ms", r => r.RemainingMs)),
        new MessageMap<TaskCompleted>(
            "task_completed", "task_completed",
            Field<TaskCompleted>.Text("taskId", "task", r => r.Task),
            Field<TaskCompleted>.Text("agentId", "ended.agent", r => r.Ended.Agent),
            Field<TaskCompleted>.Text("result", "success", _ => "success"),
            Field<TaskCompleted>.Whole("executionTime", "duration_ms", r => r.DurationMs),
            Field<TaskCompleted>.Json("output", "result", r => r.Result),
            Field<TaskCompleted>.Text("outputRef", "result_ref.blob: read it at /api/v1/tasks/TASK/result", r => r.ResultRef?.Blob)),
        Unsuccessful<TaskFailed>("task_failed", "failure", r => r.Ended, r => r.Error, "error"),
        Unsuccessful<TaskCancelled>("task_cancelled", "cancelled", r => r.Ended, r => r.Error, "error"),
        Unsuccessful<TaskExpired>("task_expired", "timeout", r => r.Ended, r => new TaskError("EXPIRED", $"{r.Timeout} ran out."), "timeout"),
    ];

    public static IReadOnlyList<MessageMap> MemoryEvents { get; } =
    [
        Memory<MemoryStored>("memory_stored", "store"),
        Memory<MemoryDeleted>("memory_deleted", "delete"),
        Memory<MemoryExpired>("memory_expired", "expire"),
    ];

    public static IReadOnlyList<MessageMap> ApiUpdates { get; } =
    [
        new MessageMap<SchemaUpdated>(
            "schema_updated", "schema_updated",
            Field<SchemaUpdated>.Value("changes", "changes: type, endpoint, method", (writer, r) =>
            {
                writer.WriteStartArray();
                foreach (var change in r.Changes)
                {
                    writer.WriteStartObject();
                    writer.WriteString("type"u8, change.Type);
                    writer.WriteString("endpoint"u8, change.Endpoint);
                    writer.WriteString("method"u8, change.Method);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }),
            Field<SchemaUpdated>.Text("version", "version", r => r.Version)),
    ];

    public static IReadOnlyList<MessageMap> SystemMetrics { get; } =
    [
        new MessageMap<SystemMeasured>(
            "metrics_update", "system_metrics",
            Field<SystemMeasured>.Time("timestamp", "at", (_, record) => record.At),
            Field<SystemMeasured>.Group(
                "metrics",
                Field<SystemMeasured>.NumberOrNull("requests_per_second", "hub.requests_per_second", r => r.Hub.RequestsPerSecond),
                Field<SystemMeasured>.Whole("active_connections", "hub.connections", r => r.Hub.Connections),
                Field<SystemMeasured>.NumberOrNull("memory_usage", "host.memory_used_percent / 100, 0 to 1", r => Share(r.Host.MemoryUsedPercent)),
                Field<SystemMeasured>.NumberOrNull("cpu_usage", "host.cpu_percent / 100, 0 to 1", r => Share(r.Host.CpuPercent)),
                Field<SystemMeasured>.NumberOrNull(
                    "error_rate", "hub.request_error_percent / 100, 0 to 1; null without a request", r => Share(r.Hub.RequestErrorPercent)))),
    ];

    private static double? Share(double? percent) => percent is { } value ? Math.Round(value / 100, 4) : null;

    private static MessageMap<T> Idle<T>(string kind, Func<T, AttemptEnd?> end)
        where T : TaskRecord => new(
        "agent_status", kind, "`ended.standing.holding` is 0 and its status online",
        r => end(r)?.Standing is { Holding: 0, Status: Protocol.Model.AgentStatus.Online },
        Field<T>.Text("swarmId", "swarm", r => r.Swarm),
        Field<T>.Text("agentId", "ended.agent", r => end(r)!.Agent),
        Field<T>.Text("oldStatus", "working", _ => "working"),
        Field<T>.Text("newStatus", "idle", _ => "idle"),
        Field<T>.Text("taskId", "task", r => r.Task));

    private static MessageMap<T> Unsuccessful<T>(string kind, string result, Func<T, AttemptEnd?> end, Func<T, TaskError?> error, string from)
        where T : TaskRecord => new(
        "task_completed", kind,
        Field<T>.Text("taskId", "task", r => r.Task),
        Field<T>.Text("agentId", "ended.agent", r => end(r)?.Agent),
        Field<T>.Text("result", result, _ => result),
        Field<T>.Text("errorCode", from == "error" ? "error.code" : "EXPIRED", r => error(r)?.Code),
        Field<T>.Text("error", from == "error" ? "error.message" : from, r => error(r)?.Message));

    private static MessageMap<T> Memory<T>(string kind, string operation)
        where T : MemoryRecord => new(
        "memory_updated", kind,
        Field<T>.Text("operation", operation, _ => operation),
        Field<T>.Text("key", "key", r => r.Key),
        Field<T>.Text("namespace", "namespace", r => r.Namespace),
        Field<T>.Text("swarmId", "swarm; absent for a shared namespace", r => r.Swarm),
        Field<T>.Time("timestamp", "at", (_, record) => record.At),
        Field<T>.Whole("size", "bytes", r => r.Bytes));
}
