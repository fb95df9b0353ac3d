using System.Text.Json;
using Waggle.Core.Agents;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.OrchestratorHub;

internal static class SystemEvents
{
    private const string Coordination = "coordination_event";

    public static IReadOnlyList<MessageMap> Rows { get; } =
    [
        new MessageMap<SwarmCreated>(
            Coordination, "swarm_created",
            Field<SwarmCreated>.Text("event_type", "SwarmCreated", _ => "SwarmCreated"),
            Field<SwarmCreated>.Text("module", "coordinator", _ => "coordinator"),
            Field<SwarmCreated>.Group(
                "details",
                Field<SwarmCreated>.Text("swarm_id", "swarm_id", r => r.SwarmId),
                Field<SwarmCreated>.Text("name", "name", r => r.Name),
                Field<SwarmCreated>.Text("created_by", "created_by", r => r.CreatedBy))),
        new MessageMap<SwarmStateChanged>(
            Coordination, "swarm_state",
            Field<SwarmStateChanged>.Text("event_type", "SwarmStateChanged", _ => "SwarmStateChanged"),
            Field<SwarmStateChanged>.Text("module", "coordinator", _ => "coordinator"),
            Field<SwarmStateChanged>.Group(
                "details",
                Field<SwarmStateChanged>.Text("swarm_id", "swarm_id", r => r.SwarmId),
                Field<SwarmStateChanged>.Text("old_state", "old_state", r => SnakeCase.Of(r.OldState)),
                Field<SwarmStateChanged>.Text("new_state", "state", r => SnakeCase.Of(r.State)),
                Field<SwarmStateChanged>.Text("changed_by", "changed_by", r => r.ChangedBy))),
        new MessageMap<AgentDraining>(
            Coordination, "agent_draining",
            Field<AgentDraining>.Text("event_type", "AgentDraining", _ => "AgentDraining"),
            Field<AgentDraining>.Text("module", "agent_management", _ => "agent_management"),
            Field<AgentDraining>.Group(
                "details",
                Field<AgentDraining>.Text("agent_id", "agent", r => r.Agent),
                Field<AgentDraining>.Text("requested_by", "requested_by", r => r.RequestedBy))),
        new MessageMap<TasksUnschedulable>(
            "system_alert", "tasks_unschedulable",
            Field<TasksUnschedulable>.Text("level", "warning", _ => "warning"),
            Field<TasksUnschedulable>.Text("title", "No agent can take the task", _ => "No agent can take the task"),
            Field<TasksUnschedulable>.Text("message", "reason.message", r => r.Reason.Message),
            Field<TasksUnschedulable>.Group(
                "details",
                Field<TasksUnschedulable>.Text("code", "reason.code", r => r.Reason.Code),
                Field<TasksUnschedulable>.Text("swarm_id", "swarm", r => r.Swarm),
                Field<TasksUnschedulable>.Whole("waiting_tasks", "waiting", r => r.Waiting),
                Field<TasksUnschedulable>.Text("capability", "reason.capability", r => r.Reason.Capability),
                Field<TasksUnschedulable>.Text("nearest_agent", "reason.nearest", r => r.Reason.Nearest),
                Field<TasksUnschedulable>.Number("short_by", "reason.short_by", r => r.Reason.ShortBy))),
        new MessageMap<TaskFailed>(
            Errors.Message, "task_failed", "`dead_letter`", r => r.DeadLetter,
            Errors.Id<TaskFailed>(),
            Field<TaskFailed>.Text("component", "task_executor", _ => "task_executor"),
            Field<TaskFailed>.Group(
                "error",
                Field<TaskFailed>.Text("code", "error.code", r => r.Error.Code),
                Field<TaskFailed>.Text("message", "error.message", r => r.Error.Message),
                Field<TaskFailed>.Group(
                    "details",
                    Field<TaskFailed>.Text("task_id", "task", r => r.Task),
                    Field<TaskFailed>.Text("agent_id", "ended.agent", r => r.Ended.Agent),
                    Field<TaskFailed>.Whole("attempt_number", "ended.attempt", r => r.Ended.Attempt))),
            Field<TaskFailed>.Text("severity", "error", _ => "error")),
        new MessageMap<JsonElement>(
            Errors.Message, "slow_consumer",
            Errors.Id<JsonElement>(),
            Field<JsonElement>.Text("component", "delivery", _ => "delivery"),
            Field<JsonElement>.Group(
                "error",
                Field<JsonElement>.Text("code", "SLOW_CONSUMER", _ => "SLOW_CONSUMER"),
                Field<JsonElement>.Text("message", "a description", _ => "A client reads too slowly to receive everything."),
                Field<JsonElement>.Group(
                    "details",
                    Field<JsonElement>.Text("connection", "connection", r => r.GetProperty("connection").GetString()),
                    Field<JsonElement>.Whole("dropped", "dropped", r => r.GetProperty("dropped").GetInt64()),
                    Field<JsonElement>.Flag("closed", "closed", r => r.GetProperty("closed").GetBoolean()))),
            Field<JsonElement>.Text("severity", "warning", _ => "warning")),
    ];

    private static class Errors
    {
        public const string Message = "error_occurred";

        public static FieldMap<T> Id<T>() => new(
            "error_id", "position", (writer, _, record) => writer.WriteString("error_id"u8, $"err-{record.Position.Epoch}-{record.Position.Offset}"));
    }
}
