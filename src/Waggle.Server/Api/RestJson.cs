using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

/// <summary>The JSON of clients' bodies, as strict as waggle.v1 itself for the same reason.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = Limits.MaxDepth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(TaskSpec))]
[JsonSerializable(typeof(IReadOnlyList<TaskSpec>), TypeInfoPropertyName = "TaskSpecs")]
[JsonSerializable(typeof(RawJson))]
[JsonSerializable(typeof(SwarmBody))]
[JsonSerializable(typeof(CancelBody))]
[JsonSerializable(typeof(TopologyBody))]
[JsonSerializable(typeof(SwarmQuota))]
[JsonSerializable(typeof(PriorityBody))]
[JsonSerializable(typeof(AssignBody))]
[JsonSerializable(typeof(PollBody))]
[JsonSerializable(typeof(LeaseBody))]
[JsonSerializable(typeof(ProgressBody))]
[JsonSerializable(typeof(UsageBody))]
[JsonSerializable(typeof(LogBody))]
[JsonSerializable(typeof(CompleteBody))]
[JsonSerializable(typeof(FailBody))]
[JsonSerializable(typeof(ReasonBody))]
[JsonSerializable(typeof(ConversationBody))]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(NotificationBody))]
[JsonSerializable(typeof(SeenBody))]
[JsonSerializable(typeof(RevocationBody))]
[JsonSerializable(typeof(MemoryBody))]
[JsonSerializable(typeof(MemorySearchBody))]
[JsonSerializable(typeof(Protocol.Model.ProposalSpec))]
[JsonSerializable(typeof(Protocol.Model.ScheduleSpec))]
[JsonSerializable(typeof(Protocol.Model.BudgetSpec))]
[JsonSerializable(typeof(Protocol.Model.BulkSpec))]
[JsonSerializable(typeof(Protocol.Model.PurgeSpec))]
[JsonSerializable(typeof(BallotBody))]
[JsonSerializable(typeof(AnswerBody))]
[JsonSerializable(typeof(AskBody))]
[JsonSerializable(typeof(CheckpointBody))]
[JsonSerializable(typeof(Protocol.Model.WorkflowStart))]
[JsonSerializable(typeof(SignalBody))]
[JsonSerializable(typeof(RunCancelBody))]
[JsonSerializable(typeof(System.Text.Json.JsonDocument))]
[JsonSerializable(typeof(SpawnBody))]
[JsonSerializable(typeof(StopBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(MetricsBody))]
[JsonSerializable(typeof(AgentLogBody))]
[JsonSerializable(typeof(SendBody))]
[JsonSerializable(typeof(SendToBody))]
[JsonSerializable(typeof(InboxBody))]
[JsonSerializable(typeof(AcknowledgeBody))]
internal sealed partial class RestClientJson : JsonSerializerContext;

/// <summary>The JSON of answers that exist in the REST API only; <see cref="HubJson"/> has the others.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 2 * Limits.MaxDepth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(LeasePage))]
[JsonSerializable(typeof(ConnectionPage))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(ResultRef))]
[JsonSerializable(typeof(TaskMcpAccess))]
internal sealed partial class RestJson : JsonSerializerContext;

/// <summary>The types of all answers of the REST API.</summary>
internal static class RestTypes
{
    public static JsonTypeInfo Of(object value) => HubJson.Default.GetTypeInfo(value.GetType()) ?? RestJson.Default.GetTypeInfo(value.GetType())
        ?? throw new NotSupportedException($"{value.GetType()} has no JSON form here.");
}
