using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Insight;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives;

/// <summary>The stored forms: entities and the data of records. Lenient when reading, so that a newer field does not lock an older hub out of its log.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(TaskSpec))]
[JsonSerializable(typeof(TaskEntity))]
[JsonSerializable(typeof(AttemptView))]
[JsonSerializable(typeof(AgentEntity))]
[JsonSerializable(typeof(AgentSecret))]
[JsonSerializable(typeof(SwarmEntity))]
[JsonSerializable(typeof(AlertEntity))]
[JsonSerializable(typeof(AlertView))]
[JsonSerializable(typeof(TaskDay))]
[JsonSerializable(typeof(IdCounters))]
[JsonSerializable(typeof(TaskCreated))]
[JsonSerializable(typeof(TaskUnblocked))]
[JsonSerializable(typeof(TaskAssigned))]
[JsonSerializable(typeof(TaskStarted))]
[JsonSerializable(typeof(TaskProgressed))]
[JsonSerializable(typeof(TaskLogged))]
[JsonSerializable(typeof(TaskRequeued))]
[JsonSerializable(typeof(TaskRetryScheduled))]
[JsonSerializable(typeof(TaskPriorityChanged))]
[JsonSerializable(typeof(TaskCancelRequested))]
[JsonSerializable(typeof(TaskCompleted))]
[JsonSerializable(typeof(TaskFailed))]
[JsonSerializable(typeof(TaskCancelled))]
[JsonSerializable(typeof(TaskExpired))]
[JsonSerializable(typeof(TaskOrphanResult))]
[JsonSerializable(typeof(TasksUnschedulable))]
[JsonSerializable(typeof(AgentRegistered))]
[JsonSerializable(typeof(AgentDraining))]
[JsonSerializable(typeof(AgentRemoved))]
[JsonSerializable(typeof(AgentStatusChanged))]
[JsonSerializable(typeof(SwarmCreated))]
[JsonSerializable(typeof(SwarmStateChanged))]
[JsonSerializable(typeof(UserPresenceChanged))]
[JsonSerializable(typeof(ConversationEntity))]
[JsonSerializable(typeof(ChatMessageEntity))]
[JsonSerializable(typeof(ConversationOpened))]
[JsonSerializable(typeof(MessagePosted))]
[JsonSerializable(typeof(NotificationEntity))]
[JsonSerializable(typeof(SeenEntity))]
[JsonSerializable(typeof(NotificationSent))]
[JsonSerializable(typeof(NotificationsSeen))]
[JsonSerializable(typeof(AlertFired))]
[JsonSerializable(typeof(AlertAcknowledged))]
[JsonSerializable(typeof(AlertResolved))]
[JsonSerializable(typeof(ModuleStatusChanged))]
[JsonSerializable(typeof(SystemMeasured))]
internal sealed partial class CoreJson : JsonSerializerContext
{
    /// <summary>Payloads are as deep as a message may be (64), and lie a few levels deeper in what is stored.</summary>
    public const int Depth = 128;
}

/// <summary>Every kind of record and how its data is stored.</summary>
internal static class RecordKinds
{
    // Asked for when a kind first comes: what it takes to write or read them all is some megabytes that an idle hub does not need.
    private static readonly Dictionary<string, Func<JsonTypeInfo>> ByKind = new(StringComparer.Ordinal)
    {
        ["task_created"] = static () => CoreJson.Default.TaskCreated,
        ["task_unblocked"] = static () => CoreJson.Default.TaskUnblocked,
        ["task_assigned"] = static () => CoreJson.Default.TaskAssigned,
        ["task_started"] = static () => CoreJson.Default.TaskStarted,
        ["task_progress"] = static () => CoreJson.Default.TaskProgressed,
        ["task_log"] = static () => CoreJson.Default.TaskLogged,
        ["task_requeued"] = static () => CoreJson.Default.TaskRequeued,
        ["task_retry_scheduled"] = static () => CoreJson.Default.TaskRetryScheduled,
        ["task_priority_changed"] = static () => CoreJson.Default.TaskPriorityChanged,
        ["task_cancel_requested"] = static () => CoreJson.Default.TaskCancelRequested,
        ["task_completed"] = static () => CoreJson.Default.TaskCompleted,
        ["task_failed"] = static () => CoreJson.Default.TaskFailed,
        ["task_cancelled"] = static () => CoreJson.Default.TaskCancelled,
        ["task_expired"] = static () => CoreJson.Default.TaskExpired,
        ["task_orphan_result"] = static () => CoreJson.Default.TaskOrphanResult,
        ["tasks_unschedulable"] = static () => CoreJson.Default.TasksUnschedulable,
        ["agent_registered"] = static () => CoreJson.Default.AgentRegistered,
        ["agent_draining"] = static () => CoreJson.Default.AgentDraining,
        ["agent_removed"] = static () => CoreJson.Default.AgentRemoved,
        ["agent_status"] = static () => CoreJson.Default.AgentStatusChanged,
        ["swarm_created"] = static () => CoreJson.Default.SwarmCreated,
        ["swarm_state"] = static () => CoreJson.Default.SwarmStateChanged,
        ["alert_fired"] = static () => CoreJson.Default.AlertFired,
        ["alert_acknowledged"] = static () => CoreJson.Default.AlertAcknowledged,
        ["alert_resolved"] = static () => CoreJson.Default.AlertResolved,
        ["module_status_changed"] = static () => CoreJson.Default.ModuleStatusChanged,
        ["system_metrics"] = static () => CoreJson.Default.SystemMeasured,
        ["user_presence"] = static () => CoreJson.Default.UserPresenceChanged,
        ["conversation_opened"] = static () => CoreJson.Default.ConversationOpened,
        ["message_posted"] = static () => CoreJson.Default.MessagePosted,
        ["notification_sent"] = static () => CoreJson.Default.NotificationSent,
        ["notifications_seen"] = static () => CoreJson.Default.NotificationsSeen,
    };

    public static IReadOnlyCollection<string> All => ByKind.Keys;

    public static void Write(Utf8JsonWriter writer, RecordData data)
    {
        if (data is AppPublished app) writer.WriteRawValue(app.Data.Utf8.Span, skipInputValidation: true);
        else if (data is SystemMeasured measured) SystemText.Write(writer, measured);
        else JsonSerializer.Serialize(writer, data, ByKind[data.Kind]());
    }

    /// <summary>The same on its own. What an application published is passed on as it came.</summary>
    public static ReadOnlyMemory<byte> TextOf(RecordData data) => data switch
    {
        AppPublished app => app.Data.Utf8,
        SystemMeasured measured => SystemText.Of(measured),
        _ => JsonSerializer.SerializeToUtf8Bytes(data, ByKind[data.Kind]()),
    };

    /// <exception cref="JsonException">The stored text is not this kind's.</exception>
    public static RecordData Read(string kind, ReadOnlySpan<byte> data, string? swarm) =>
        (RecordData)JsonSerializer.Deserialize(data, ByKind[kind]())! with { Swarm = swarm };
}
