using System.Text.Json.Serialization;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives;

/// <summary>The stored forms: entities and the data of records. Lenient when reading, so that a newer field does not lock an older hub out of its log.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(TaskSpec))]
[JsonSerializable(typeof(TaskEntity))]
[JsonSerializable(typeof(AttemptView))]
[JsonSerializable(typeof(AgentEntity))]
[JsonSerializable(typeof(AgentSecret))]
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
internal sealed partial class CoreJson : JsonSerializerContext;
