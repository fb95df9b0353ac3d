using System.Text.Json;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

internal static class TaskEvents
{
    public static IReadOnlyList<MessageMap> Rows { get; } =
    [
        new MessageMap<TaskCreated>(
            "task_created", "task_created",
            Field<TaskCreated>.Group(
                "task",
                Field<TaskCreated>.Text("id", "task", r => r.Task),
                Field<TaskCreated>.Text("description", "spec.metadata.description, else title", r => JsonShapes.DescriptionOf(r.Spec)),
                Field<TaskCreated>.Text("type", "spec.type", r => r.Spec.Type),
                Field<TaskCreated>.Whole("priority", "priority", r => Vocabulary.NumberOf(r.Priority!.Value)),
                Field<TaskCreated>.Text("status", "state", r => Vocabulary.Of(r.State)),
                Field<TaskCreated>.Value("required_capabilities", "spec.requires", (writer, r) => JsonShapes.WriteRequirements(writer, r.Spec.Requires)),
                Field<TaskCreated>.Time("created_at", "at", (_, record) => record.At)),
            Field<TaskCreated>.Whole("matching_agents", "matching_agents", r => r.MatchingAgents)),
        new MessageMap<TaskAssigned>(
            "task_assigned", "task_assigned",
            Field<TaskAssigned>.Text("task_id", "task", r => r.Task),
            Field<TaskAssigned>.Text("agent_id", "agent", r => r.Agent),
            Field<TaskAssigned>.Text("assignment_reason", "assignment_reason.proficiency: capability_match where there is one, else available", r =>
                r.AssignmentReason.Proficiency is null ? "available" : "capability_match"),
            Field<TaskAssigned>.Time(
                "estimated_completion", "at, later by estimate.p50_ms",
                (r, record) => r.Estimate is { } known ? record.At.AddMilliseconds(known.P50Ms) : null)),
        new MessageMap<TaskStarted>(
            "task_started", "task_started",
            Field<TaskStarted>.Text("task_id", "task", r => r.Task),
            Field<TaskStarted>.Text("agent_id", "agent", r => r.Agent),
            Field<TaskStarted>.Whole("attempt_number", "attempt", r => r.Attempt)),
        new MessageMap<TaskProgressed>(
            "task_progress", "task_progress",
            Field<TaskProgressed>.Text("task_id", "task", r => r.Task),
            Field<TaskProgressed>.Text("agent_id", "agent", r => r.Agent),
            Field<TaskProgressed>.Number("progress", "progress, 0..1", r => r.Progress),
            Field<TaskProgressed>.Text("current_step", "message", r => r.Message),
            Field<TaskProgressed>.Time(
                "estimated_completion", "at, later by remaining_ms",
                (r, record) => r.RemainingMs is { } rest ? record.At.AddMilliseconds(rest) : null)),
        new MessageMap<TaskCompleted>(
            "task_completed", "task_completed",
            Field<TaskCompleted>.Text("task_id", "task", r => r.Task),
            Field<TaskCompleted>.Text("agent_id", "ended.agent", r => r.Ended.Agent),
            Field<TaskCompleted>.Whole("execution_time_ms", "duration_ms", r => r.DurationMs),
            Field<TaskCompleted>.Json("result", "result", r => r.Result),
            Field<TaskCompleted>.Text("result_ref", "result_ref.blob: read it at /api/v1/tasks/TASK/result", r => r.ResultRef?.Blob)),
        Failed<TaskRetryScheduled>("task_retry_scheduled", "", null, r => r.Ended, r => r.Ended.Error, (r, _) => r.NextRetryAt, "next_retry_at"),
        Failed<TaskRequeued>("task_requeued", "`reason` is lost", r => r.Reason == AttemptOutcomes.Lost
            && r.Ended is not null, r => r.Ended, r => r.Ended!.Error, (_, record) => record.At, "at"),
        Failed<TaskFailed>("task_failed", "", null, r => r.Ended, r => r.Error, null, ""),
        Failed<TaskExpired>("task_expired", "", null, r => r.Ended, r => new TaskError("EXPIRED", $"{r.Timeout} ran out."), null, ""),
        new MessageMap<TaskCancelled>(
            "task_cancelled", "task_cancelled",
            Field<TaskCancelled>.Text("task_id", "task", r => r.Task),
            Field<TaskCancelled>.Text("reason", "reason, else manual_cancellation", r => r.Reason ?? "manual_cancellation"),
            Field<TaskCancelled>.Text("cancelled_by", "cancelled_by", r => r.CancelledBy)),
        Status<TaskAssigned>("task_assigned", r => r.Agent),
        Status<TaskStarted>("task_started", r => r.Agent),
        Status<TaskVerifying>("task_verifying", r => r.Ended.Agent),
        Status<TaskInputRequired>("task_input_required", r => r.Ended is null ? r.Agent : null),
        Status<TaskAnswered>("task_answered", r => r.State == TaskState.Running ? r.Agent : null),
        Status<TaskRequeued>("task_requeued", _ => null),
        Status<TaskRetryScheduled>("task_retry_scheduled", _ => null),
        Status<TaskCompleted>("task_completed", r => r.Ended.Agent),
        Status<TaskFailed>("task_failed", r => r.Ended.Agent),
        Status<TaskExpired>("task_expired", _ => null),
        Status<TaskCancelled>("task_cancelled", _ => null),
    ];

    private static MessageMap<T> Failed<T>(
        string kind, string when, Func<T, bool>? only, Func<T, AttemptEnd?> end, Func<T, TaskError?> error,
        Func<T, Protocol.Records.Record, DateTimeOffset?>? next, string nextFrom)
        where T : TaskRecord
    {
        FieldMap<T>[] fields =
        [
            Field<T>.Text("task_id", "task", r => r.Task),
            Field<T>.Text("agent_id", "ended.agent", r => end(r)?.Agent),
            Field<T>.Whole("attempt_number", "ended.attempt", r => end(r)?.Attempt),
            Field<T>.Group(
                "error",
                Field<T>.Text("code", "error.code", r => error(r)?.Code),
                Field<T>.Text("message", "error.message", r => error(r)?.Message),
                Field<T>.Value("details", "ended: outcome, last_progress, log_tail", (writer, r) => WriteDetails(writer, end(r)))),
            Field<T>.Flag("retry_scheduled", next is null ? "false" : "true", _ => next is not null),
        ];
        return new("task_failed", kind, when, only, next is null ? fields : [.. fields, Field<T>.Time("next_retry_at", nextFrom, next)]);
    }

    // The dashboard uses this message to see a change of one task between two lists.
    private static MessageMap<T> Status<T>(string kind, Func<T, string?> agent)
        where T : TaskRecord => new(
        "task_status_update", kind,
        Field<T>.Group(
            "task",
            Field<T>.Text("id", "task", r => r.Task),
            Field<T>.Text("status", "state", r => Vocabulary.CodeOf(r.State)),
            Field<T>.Text("assigned_agent", "agent", agent)));

    private static void WriteDetails(Utf8JsonWriter writer, AttemptEnd? end)
    {
        writer.WriteStartObject();
        if (end is not null)
        {
            writer.WriteString("outcome"u8, end.Outcome);
            if (end.LastProgress is { } progress) writer.WriteNumber("last_progress"u8, progress);
            if (end.LogTail is { } lines)
            {
                writer.WriteStartArray("log_tail"u8);
                foreach (var line in lines) writer.WriteStringValue(line);
                writer.WriteEndArray();
            }
        }

        writer.WriteEndObject();
    }
}
