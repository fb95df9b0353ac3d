using System.Text.Json;
using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Messages;

/// <summary>
/// The JSON of client messages. It is strict: an unknown field is an error, because ignoring a misspelt <c>max_attempts</c> would be a silent loss. Hello
/// negotiates the additions of newer clients.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = Limits.MaxDepth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(AuthRefresh))]
[JsonSerializable(typeof(Echo))]
[JsonSerializable(typeof(Subscribe))]
[JsonSerializable(typeof(Unsubscribe))]
[JsonSerializable(typeof(Publish))]
[JsonSerializable(typeof(SwarmCreate))]
[JsonSerializable(typeof(SwarmList))]
[JsonSerializable(typeof(SwarmShow))]
[JsonSerializable(typeof(SwarmPause))]
[JsonSerializable(typeof(SwarmResume))]
[JsonSerializable(typeof(SwarmStop))]
[JsonSerializable(typeof(AgentList))]
[JsonSerializable(typeof(AgentShow))]
[JsonSerializable(typeof(AgentRemove))]
[JsonSerializable(typeof(AgentDrain))]
[JsonSerializable(typeof(AgentResume))]
[JsonSerializable(typeof(AgentCredit))]
[JsonSerializable(typeof(AgentSpawn))]
[JsonSerializable(typeof(AgentStop))]
[JsonSerializable(typeof(AgentHealth))]
[JsonSerializable(typeof(AgentMetrics))]
[JsonSerializable(typeof(AgentLog))]
[JsonSerializable(typeof(AgentReports))]
[JsonSerializable(typeof(SpawnList))]
[JsonSerializable(typeof(SpawnShow))]
[JsonSerializable(typeof(RunnerList))]
[JsonSerializable(typeof(RunnerAttach))]
[JsonSerializable(typeof(RunnerReport))]
[JsonSerializable(typeof(RunnerLeave))]
[JsonSerializable(typeof(TaskCreate))]
[JsonSerializable(typeof(TaskList))]
[JsonSerializable(typeof(TaskShow))]
[JsonSerializable(typeof(TaskCancel))]
[JsonSerializable(typeof(TaskSetPriority))]
[JsonSerializable(typeof(TaskRetry))]
[JsonSerializable(typeof(TaskStart))]
[JsonSerializable(typeof(TaskProgress))]
[JsonSerializable(typeof(TaskLog))]
[JsonSerializable(typeof(TaskComplete))]
[JsonSerializable(typeof(TaskFail))]
[JsonSerializable(typeof(TaskRefuse))]
[JsonSerializable(typeof(TaskRelease))]
[JsonSerializable(typeof(TaskCancelled))]
[JsonSerializable(typeof(LeaseRenew))]
[JsonSerializable(typeof(PresenceSet))]
[JsonSerializable(typeof(ChatOpen))]
[JsonSerializable(typeof(ChatPost))]
[JsonSerializable(typeof(NotificationSend))]
[JsonSerializable(typeof(NotificationSeen))]
[JsonSerializable(typeof(MemoryPut))]
[JsonSerializable(typeof(MemoryGet))]
[JsonSerializable(typeof(MemoryList))]
[JsonSerializable(typeof(MemoryDelete))]
[JsonSerializable(typeof(MemoryNamespaces))]
[JsonSerializable(typeof(MemorySearch))]
[JsonSerializable(typeof(VoteOpen))]
[JsonSerializable(typeof(VoteCast))]
[JsonSerializable(typeof(VoteWithdraw))]
[JsonSerializable(typeof(VoteShow))]
[JsonSerializable(typeof(VoteList))]
[JsonSerializable(typeof(VoteBallots))]
[JsonSerializable(typeof(SystemShow))]
[JsonSerializable(typeof(AlertList))]
[JsonSerializable(typeof(AlertAcknowledge))]
internal sealed partial class ClientJson : JsonSerializerContext;

/// <summary>
/// The JSON of hub messages and of the results in replies. It is lenient: a client ignores unknown fields. It permits deeper nesting than client messages,
/// whose payloads it contains.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 2 * Limits.MaxDepth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Welcome))]
[JsonSerializable(typeof(Reply))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(RecordMessage))]
[JsonSerializable(typeof(Gap))]
[JsonSerializable(typeof(PositionMessage))]
[JsonSerializable(typeof(Assign))]
[JsonSerializable(typeof(Cancel))]
[JsonSerializable(typeof(Stop))]
[JsonSerializable(typeof(AuthExpiring))]
[JsonSerializable(typeof(AuthRefreshed))]
[JsonSerializable(typeof(Bye))]
[JsonSerializable(typeof(TasksCreated))]
[JsonSerializable(typeof(TaskPage))]
[JsonSerializable(typeof(AgentPage))]
[JsonSerializable(typeof(SwarmPage))]
[JsonSerializable(typeof(AlertPage))]
[JsonSerializable(typeof(TaskAck))]
[JsonSerializable(typeof(Renewed))]
[JsonSerializable(typeof(Subscribed))]
[JsonSerializable(typeof(Model.TaskView))]
[JsonSerializable(typeof(Model.AgentView))]
[JsonSerializable(typeof(Model.SwarmView))]
[JsonSerializable(typeof(Model.PresenceView))]
[JsonSerializable(typeof(PresencePage))]
[JsonSerializable(typeof(Model.ConversationView))]
[JsonSerializable(typeof(ConversationPage))]
[JsonSerializable(typeof(Model.ChatMessageView))]
[JsonSerializable(typeof(ChatMessagePage))]
[JsonSerializable(typeof(Model.NotificationView))]
[JsonSerializable(typeof(NotificationPage))]
[JsonSerializable(typeof(Model.MemoryEntryView))]
[JsonSerializable(typeof(Model.MemoryView))]
[JsonSerializable(typeof(MemoryPage))]
[JsonSerializable(typeof(MemoryNamespacePage))]
[JsonSerializable(typeof(Model.MemorySearchResult))]
[JsonSerializable(typeof(VoteRequested))]
[JsonSerializable(typeof(RunnerStart))]
[JsonSerializable(typeof(RunnerStop))]
[JsonSerializable(typeof(RunnerAttached))]
[JsonSerializable(typeof(ProcessGo))]
[JsonSerializable(typeof(RunnerPage))]
[JsonSerializable(typeof(SpawnPage))]
[JsonSerializable(typeof(Model.SpawnView))]
[JsonSerializable(typeof(Model.AgentReportsView))]
[JsonSerializable(typeof(Model.ProposalView))]
[JsonSerializable(typeof(Model.BallotView))]
[JsonSerializable(typeof(ProposalPage))]
[JsonSerializable(typeof(BallotPage))]
[JsonSerializable(typeof(Model.AlertView))]
[JsonSerializable(typeof(Model.SystemView))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class HubJson : JsonSerializerContext;
