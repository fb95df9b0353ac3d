using Waggle.Dialects.Mapping;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>A new task, with its creator's specification.</summary>
internal readonly record struct NewTask(TaskCreated Created, TaskSpec Spec);

/// <summary>The forms of a task in answers, lists and snapshots.</summary>
internal static class TaskObjects
{
    /// <summary>The form that the dashboard reads.</summary>
    public static ObjectMap<TaskView> Listed { get; } = new(
        Field<TaskView>.Text("id", "id", t => t.Id),
        Field<TaskView>.Text("description", "spec.metadata.description, else spec.title", t => JsonShapes.DescriptionOf(t.Spec)),
        Field<TaskView>.Text("title", "spec.title", t => t.Spec.Title),
        Field<TaskView>.TextOrNull("type", "spec.type", t => t.Spec.Type),
        Field<TaskView>.Whole("priority", "priority", t => Vocabulary.DashboardOf(t.Priority)),
        Field<TaskView>.Text("status", "state", t => Vocabulary.CodeOf(t.State)),
        Field<TaskView>.Text("assigned_agent", "lease.agent", t => t.Lease?.Agent),
        Field<TaskView>.Time("created_at", "created_at", (t, _) => t.CreatedAt),
        Field<TaskView>.Time("completed_at", "ended_at of a completed task", (t, _) => t.State == TaskState.Completed ? t.EndedAt : null),
        Field<TaskView>.Whole("attempts", "attempt", t => t.Attempt),
        Field<TaskView>.Text("error", "error.message", t => t.Error?.Message),
        Field<TaskView>.Value("required_capabilities", "spec.requires", (writer, t) => JsonShapes.WriteRequirements(writer, t.Spec.Requires)));

    /// <summary>The answer to the creator of a task.</summary>
    public static ObjectMap<NewTask> Created { get; } = new(
        Field<NewTask>.Text("task_id", "id", t => t.Created.Id),
        Field<NewTask>.Group(
            "task",
            Field<NewTask>.Text("id", "id", t => t.Created.Id),
            Field<NewTask>.Text("description", "spec.metadata.description, else spec.title", t => JsonShapes.DescriptionOf(t.Spec)),
            Field<NewTask>.Text("type", "spec.type", t => t.Spec.Type),
            Field<NewTask>.Whole("priority", "spec.priority", t => Vocabulary.NumberOf(t.Spec.Priority!.Value)),
            Field<NewTask>.Text("status", "state", t => Vocabulary.Of(t.Created.State)),
            Field<NewTask>.Value("required_capabilities", "spec.requires", (writer, t) => JsonShapes.WriteRequirements(writer, t.Spec.Requires))),
        Field<NewTask>.Whole("matching_agents", "matching_agents", t => t.Created.MatchingAgents));
}
