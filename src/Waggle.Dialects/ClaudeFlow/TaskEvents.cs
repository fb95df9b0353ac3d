using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>The events of the task channel.</summary>
internal static class TaskEvents
{
    public static IReadOnlyList<EventRow> Rows { get; } =
    [
        EventRow.Of<TaskCreated>(
            EventTypes.TaskCreated, "task_created", r => r.Task,
            Field<TaskCreated>.Text("taskId", "task", r => r.Task),
            Field<TaskCreated>.Text("agentId", "spec.assign_to", r => r.Spec.AssignTo),
            Field<TaskCreated>.Text("type", "spec.type", r => r.Spec.Type),
            Field<TaskCreated>.Text("title", "title", r => r.Title),
            Field<TaskCreated>.Whole("priority", "priority", r => r.Priority),
            Field<TaskCreated>.Text("swarmId", "swarm", r => r.Swarm),
            new FieldMap<TaskCreated>("metadata", "spec.metadata", (writer, r, _) =>
            {
                if (r.Spec.Metadata is not { } metadata) return;
                writer.WriteStartObject("metadata"u8);
                foreach (var (name, value) in metadata) writer.WriteString(name, value);
                writer.WriteEndObject();
            })),
        EventRow.Of<TaskAssigned>(
            EventTypes.TaskAssigned, "task_assigned", r => r.Task,
            Field<TaskAssigned>.Text("taskId", "task", r => r.Task),
            Field<TaskAssigned>.Text("agentId", "agent", r => r.Agent)),
        EventRow.Of<TaskStarted>(
            EventTypes.TaskProgress, "task_started", r => r.Task,
            Field<TaskStarted>.Text("taskId", "task", r => r.Task),
            Field<TaskStarted>.Number("progress", "0", _ => 0),
            Field<TaskStarted>.Text("status", "in-progress", _ => "in-progress"),
            Field<TaskStarted>.Text("message", "Task started", _ => "Task started")),
        EventRow.Of<TaskProgressed>(
            EventTypes.TaskProgress, "task_progress", r => r.Task,
            Field<TaskProgressed>.Text("taskId", "task", r => r.Task),
            Field<TaskProgressed>.Number("progress", "100 × progress, to one decimal place", r => Vocabulary.Percent(r.Progress)),
            Field<TaskProgressed>.Text("status", "state", r => Vocabulary.Of(r.State)),
            Field<TaskProgressed>.Text("message", "message", r => r.Message)),
        EventRow.Of<TaskInputRequired>(
            EventTypes.TaskProgress, "task_input_required", r => r.Task,
            Field<TaskInputRequired>.Text("taskId", "task", r => r.Task),
            Field<TaskInputRequired>.Text("status", "in-progress", r => Vocabulary.Of(r.State)),
            Field<TaskInputRequired>.Text("message", "Waits for an answer: question_text", r => $"Waits for an answer: {r.QuestionText}")),
        EventRow.Of<TaskCompleted>(
            EventTypes.TaskCompleted, "task_completed", r => r.Task,
            Field<TaskCompleted>.Text("taskId", "task", r => r.Task),
            Field<TaskCompleted>.Text("status", "completed", _ => "completed"),
            Field<TaskCompleted>.Json("result", "result", r => r.Result),
            Field<TaskCompleted>.Text("resultRef", "result_ref.blob: read it at /api/v1/tasks/TASK/result", r => r.ResultRef?.Blob),
            Field<TaskCompleted>.Whole("duration", "duration_ms", r => r.DurationMs)),
        EventRow.Of<TaskFailed>(
            EventTypes.TaskCompleted, "task_failed", r => r.Task,
            Field<TaskFailed>.Text("taskId", "task", r => r.Task),
            Field<TaskFailed>.Text("status", "failed", _ => "failed"),
            Error<TaskFailed>(r => r.Error, null)),
        EventRow.Of<TaskCancelled>(
            EventTypes.TaskCompleted, "task_cancelled", r => r.Task,
            Field<TaskCancelled>.Text("taskId", "task", r => r.Task),
            Field<TaskCancelled>.Text("status", "cancelled", _ => "cancelled"),
            Field<TaskCancelled>.Text("reason", "reason", r => r.Reason)),
        EventRow.Of<TaskExpired>(
            EventTypes.TaskCompleted, "task_expired", r => r.Task,
            Field<TaskExpired>.Text("taskId", "task", r => r.Task),
            Field<TaskExpired>.Text("status", "failed", _ => "failed"),
            Field<TaskExpired>.Group(
                "error",
                Field<TaskExpired>.Text("message", "The task ran out of time (timeout).", r => $"The task ran out of time ({r.Timeout})."),
                Field<TaskExpired>.Text("code", "EXPIRED", _ => "EXPIRED"))),
        EventRow.Of<TaskFailed>(
            EventTypes.TaskError, "task_failed", r => r.Task,
            Field<TaskFailed>.Text("taskId", "task", r => r.Task),
            Error<TaskFailed>(r => r.Error, recoverable: false)),
        EventRow.Of<TaskRetryScheduled>(
            EventTypes.TaskError, "task_retry_scheduled", "the attempt has an error", r => r.Ended.Error is not null, r => r.Task,
            Field<TaskRetryScheduled>.Text("taskId", "task", r => r.Task),
            Error<TaskRetryScheduled>(r => r.Ended.Error!, recoverable: true),
            EventRow.Milliseconds<TaskRetryScheduled>("nextRetryAt", "next_retry_at", (r, _) => r.NextRetryAt)),
    ];

    private static FieldMap<T> Error<T>(Func<T, TaskError> error, bool? recoverable)
        where T : RecordData
    {
        FieldMap<T>[] fields =
        [
            Field<T>.Text("message", "error.message", r => error(r).Message),
            Field<T>.Text("code", "error.code", r => error(r).Code),
        ];
        return Field<T>.Group(
            "error",
            recoverable is not { } again ? fields : [.. fields, Field<T>.Flag("recoverable", again ? "true: another attempt follows" : "false", _ => again)]);
    }
}
