using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Waggle.Core.Agents;
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
internal sealed partial class CoreJson : JsonSerializerContext
{
    /// <summary>Payloads are as deep as a message may be (64), and lie a few levels deeper in what is stored.</summary>
    public const int Depth = 128;
}

/// <summary>Every kind of record and how its data is stored.</summary>
internal static class RecordKinds
{
    private static readonly Dictionary<string, JsonTypeInfo> ByKind = new(StringComparer.Ordinal)
    {
        ["task_created"] = CoreJson.Default.TaskCreated,
        ["task_unblocked"] = CoreJson.Default.TaskUnblocked,
        ["task_assigned"] = CoreJson.Default.TaskAssigned,
        ["task_started"] = CoreJson.Default.TaskStarted,
        ["task_progress"] = CoreJson.Default.TaskProgressed,
        ["task_log"] = CoreJson.Default.TaskLogged,
        ["task_requeued"] = CoreJson.Default.TaskRequeued,
        ["task_retry_scheduled"] = CoreJson.Default.TaskRetryScheduled,
        ["task_priority_changed"] = CoreJson.Default.TaskPriorityChanged,
        ["task_cancel_requested"] = CoreJson.Default.TaskCancelRequested,
        ["task_completed"] = CoreJson.Default.TaskCompleted,
        ["task_failed"] = CoreJson.Default.TaskFailed,
        ["task_cancelled"] = CoreJson.Default.TaskCancelled,
        ["task_expired"] = CoreJson.Default.TaskExpired,
        ["task_orphan_result"] = CoreJson.Default.TaskOrphanResult,
        ["tasks_unschedulable"] = CoreJson.Default.TasksUnschedulable,
        ["agent_registered"] = CoreJson.Default.AgentRegistered,
        ["agent_draining"] = CoreJson.Default.AgentDraining,
        ["agent_removed"] = CoreJson.Default.AgentRemoved,
        ["agent_status"] = CoreJson.Default.AgentStatusChanged,
        ["swarm_created"] = CoreJson.Default.SwarmCreated,
        ["swarm_state"] = CoreJson.Default.SwarmStateChanged,
    };

    public static IReadOnlyCollection<string> All => ByKind.Keys;

    public static void Write(Utf8JsonWriter writer, RecordData data)
    {
        if (data is AppPublished app) writer.WriteRawValue(app.Data.Utf8.Span, skipInputValidation: true);
        else JsonSerializer.Serialize(writer, data, ByKind[data.Kind]);
    }

    /// <summary>The same on its own. What an application published is passed on as it came.</summary>
    public static ReadOnlyMemory<byte> TextOf(RecordData data) => data is AppPublished app ? app.Data.Utf8 : JsonSerializer.SerializeToUtf8Bytes(data, ByKind[data.Kind]);

    /// <exception cref="JsonException">The stored text is not this kind's.</exception>
    public static RecordData Read(string kind, ReadOnlySpan<byte> data, string? swarm) =>
        (RecordData)JsonSerializer.Deserialize(data, ByKind[kind])! with { Swarm = swarm };
}
