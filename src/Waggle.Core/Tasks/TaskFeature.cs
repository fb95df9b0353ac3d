using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Tasks and their attempts.</summary>
internal sealed class TaskFeature : Feature
{
    public static readonly EntityType<TaskEntity> Tasks = new(TaskEntity.Entity, static () => CoreJson.Default.TaskEntity)
    {
        Id = t => t.Id,
        Row = t => new(t.Seq, t.EndedAt, TaskColumns.Of(t)),
        VersionOf = t => t.V,
        Retention = o => o.TaskRetention,
    };

    public static readonly EntityType<AttemptView> Attempts = new(AttemptEntity.Entity, static () => CoreJson.Default.AttemptView)
    {
        Id = a => AttemptEntity.Id(a.Task, a.Attempt),
        Row = a => new(a.Token, a.EndedAt, [a.Task, a.Agent]),
        Retention = o => o.TaskRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Tasks, Attempts];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("task_created", static () => CoreJson.Default.TaskCreated),
        RecordType.Of("task_unblocked", static () => CoreJson.Default.TaskUnblocked),
        RecordType.Of("task_assigned", static () => CoreJson.Default.TaskAssigned),
        RecordType.Of("task_started", static () => CoreJson.Default.TaskStarted),
        RecordType.Of("task_progress", static () => CoreJson.Default.TaskProgressed),
        RecordType.Of("task_log", static () => CoreJson.Default.TaskLogged),
        RecordType.Of("task_requeued", static () => CoreJson.Default.TaskRequeued),
        RecordType.Of("task_retry_scheduled", static () => CoreJson.Default.TaskRetryScheduled),
        RecordType.Of("task_priority_changed", static () => CoreJson.Default.TaskPriorityChanged),
        RecordType.Of("task_cancel_requested", static () => CoreJson.Default.TaskCancelRequested),
        RecordType.Of("task_completed", static () => CoreJson.Default.TaskCompleted),
        RecordType.Of("task_failed", static () => CoreJson.Default.TaskFailed),
        RecordType.Of("task_cancelled", static () => CoreJson.Default.TaskCancelled),
        RecordType.Of("task_expired", static () => CoreJson.Default.TaskExpired),
        RecordType.Of("task_orphan_result", static () => CoreJson.Default.TaskOrphanResult),
        RecordType.Of("tasks_unschedulable", static () => CoreJson.Default.TasksUnschedulable),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = "tasks" };

    public override FeatureState Create(HiveContext hive) => new State();

    private sealed class State : FeatureState;
}
