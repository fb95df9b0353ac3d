using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Waggle.Core.Agents;
using Waggle.Core.Durations;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Leases;
using Waggle.Core.Tasks.Searching;
using Waggle.Core.Tasks.Verifying;
using Waggle.Core.Topology;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The feature of tasks and their attempts.</summary>
internal sealed class TaskFeature : Feature
{
    public static readonly EntityType<TaskEntity> Tasks = new(TaskEntity.Entity, static () => TaskJson.Default.TaskEntity)
    {
        Id = t => t.Id,
        Row = t => new(t.Seq, t.EndedAt, TaskColumns.Of(t)),
        ClosedAt = t => t.EndedAt,
        Unique = t => t.Spec.IdempotencyKey is { } key ? TaskEntity.IdempotencyColumn(t.Swarm, key) : null,
        VersionOf = t => t.V,
        Retention = o => o.TaskRetention,
    };

    public static readonly EntityType<AttemptView> Attempts = new(AttemptEntity.Entity, static () => TaskJson.Default.AttemptView)
    {
        Id = a => AttemptEntity.Id(a.Task, a.Attempt),
        Row = a => new(a.Token, a.EndedAt, [a.Task, a.Agent]),
        ClosedAt = a => a.EndedAt,
        Retention = o => o.TaskRetention,
    };

    // A period is closed by its end, which is known at its beginning.
    public static readonly EntityType<RateWindow> RateWindows = new(RateWindow.Entity, static () => TaskJson.Default.RateWindow)
    {
        Id = w => w.Id,
        Row = w => new(w.Seq, w.EndsAt, [w.Swarm]),
        ClosedAt = w => w.EndsAt,
        VersionOf = w => w.V,
        Retention = _ => TimeSpan.Zero,
    };

    public override IReadOnlyList<EntityType> Entities => [Tasks, Attempts, RateWindows];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("task_created", static () => TaskJson.Default.TaskCreated),
        RecordType.Of("task_unblocked", static () => TaskJson.Default.TaskUnblocked),
        RecordType.Of("task_assigned", static () => TaskJson.Default.TaskAssigned),
        RecordType.Of("task_started", static () => TaskJson.Default.TaskStarted),
        RecordType.Of("task_progress", static () => TaskJson.Default.TaskProgressed),
        RecordType.Of("task_usage", static () => TaskJson.Default.TaskUsed),
        RecordType.Of("task_log", static () => TaskJson.Default.TaskLogged),
        RecordType.Of("task_requeued", static () => TaskJson.Default.TaskRequeued),
        RecordType.Of("task_retry_scheduled", static () => TaskJson.Default.TaskRetryScheduled),
        RecordType.Of("task_verifying", static () => TaskJson.Default.TaskVerifying),
        RecordType.Of("task_reviewing", static () => TaskJson.Default.TaskReviewing),
        RecordType.Of("task_reviewed", static () => TaskJson.Default.TaskReviewed),
        RecordType.Of("task_input_required", static () => TaskJson.Default.TaskInputRequired),
        RecordType.Of("task_answered", static () => TaskJson.Default.TaskAnswered),
        RecordType.Of("task_checkpoint", static () => TaskJson.Default.TaskCheckpointed),
        RecordType.Of("task_priority_changed", static () => TaskJson.Default.TaskPriorityChanged),
        RecordType.Of("task_assignee_changed", static () => TaskJson.Default.TaskAssigneeChanged),
        RecordType.Of("task_cancel_requested", static () => TaskJson.Default.TaskCancelRequested),
        RecordType.Of("task_stop_requested", static () => TaskJson.Default.TaskStopRequested),
        RecordType.Of("task_completed", static () => TaskJson.Default.TaskCompleted),
        RecordType.Of("task_failed", static () => TaskJson.Default.TaskFailed),
        RecordType.Of("task_cancelled", static () => TaskJson.Default.TaskCancelled),
        RecordType.Of("task_expired", static () => TaskJson.Default.TaskExpired),
        RecordType.Of("task_orphan_result", static () => TaskJson.Default.TaskOrphanResult),
        RecordType.Of("task_purged", static () => TaskJson.Default.TaskPurged),
        RecordType.Of("tasks_unschedulable", static () => TaskJson.Default.TasksUnschedulable),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["task"] = "tasks" };

    public override Task RunBesideAsync(HiveReader reader, TimeProvider time, ILogger log, CancellationToken stop) => Task.WhenAll(
        TaskSearch.Of(reader)?.RunAsync(log, stop) ?? Task.CompletedTask,
        new SchemaChecker(reader, log).RunAsync(stop),
        reader.Blobs is { } blobs ? new ResultSweep(reader, blobs, time, log).RunAsync(stop) : Task.CompletedTask);

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<RemoveAgent>("agent.remove", static c => c.Agent),
        AdministrativeCommand.Of<CancelTask>("task.cancel", static c => c.Task),
        AdministrativeCommand.Of<SetPriority>("task.set_priority", static c => c.Task),
        AdministrativeCommand.Of<RetryTask>("task.retry", static c => c.Task),
        AdministrativeCommand.Of<AssignTask>("task.assign", static c => c.Task),
    ];

    public override FeatureState Create(HiveContext hive) =>
        new TasksState(hive, (AgentsState)hive.View<IAgentView>(), (TopologyState)hive.View<ITopologyView>(), (DurationState)hive.View<IDurationView>());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(TaskSpec))]
[JsonSerializable(typeof(TaskEntity))]
[JsonSerializable(typeof(AttemptView))]
[JsonSerializable(typeof(RateWindow))]
[JsonSerializable(typeof(TaskCreated))]
[JsonSerializable(typeof(TaskUnblocked))]
[JsonSerializable(typeof(TaskAssigned))]
[JsonSerializable(typeof(TaskStarted))]
[JsonSerializable(typeof(TaskProgressed))]
[JsonSerializable(typeof(TaskLogged))]
[JsonSerializable(typeof(TaskUsed))]
[JsonSerializable(typeof(TaskRequeued))]
[JsonSerializable(typeof(TaskRetryScheduled))]
[JsonSerializable(typeof(TaskVerifying))]
[JsonSerializable(typeof(TaskReviewing))]
[JsonSerializable(typeof(TaskReviewed))]
[JsonSerializable(typeof(TaskInputRequired))]
[JsonSerializable(typeof(TaskAnswered))]
[JsonSerializable(typeof(TaskCheckpointed))]
[JsonSerializable(typeof(TaskPriorityChanged))]
[JsonSerializable(typeof(TaskAssigneeChanged))]
[JsonSerializable(typeof(TaskCancelRequested))]
[JsonSerializable(typeof(TaskStopRequested))]
[JsonSerializable(typeof(TaskCompleted))]
[JsonSerializable(typeof(TaskFailed))]
[JsonSerializable(typeof(TaskCancelled))]
[JsonSerializable(typeof(TaskExpired))]
[JsonSerializable(typeof(TaskOrphanResult))]
[JsonSerializable(typeof(TaskPurged))]
[JsonSerializable(typeof(TasksUnschedulable))]
internal sealed partial class TaskJson : JsonSerializerContext;
