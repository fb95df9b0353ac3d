using System.Text.Json.Serialization.Metadata;

namespace Waggle.Protocol.Messages;

/// <summary>The types of waggle.v1 by their names on the wire.</summary>
public static class MessageTypes
{
    internal static readonly Dictionary<string, JsonTypeInfo> Client = new(StringComparer.Ordinal)
    {
        ["hello"] = ClientJson.Default.Hello,
        ["auth.refresh"] = ClientJson.Default.AuthRefresh,
        ["echo"] = ClientJson.Default.Echo,
        ["subscribe"] = ClientJson.Default.Subscribe,
        ["unsubscribe"] = ClientJson.Default.Unsubscribe,
        ["publish"] = ClientJson.Default.Publish,
        ["swarm.create"] = ClientJson.Default.SwarmCreate,
        ["swarm.list"] = ClientJson.Default.SwarmList,
        ["swarm.show"] = ClientJson.Default.SwarmShow,
        ["swarm.pause"] = ClientJson.Default.SwarmPause,
        ["swarm.resume"] = ClientJson.Default.SwarmResume,
        ["swarm.stop"] = ClientJson.Default.SwarmStop,
        ["agent.list"] = ClientJson.Default.AgentList,
        ["agent.show"] = ClientJson.Default.AgentShow,
        ["agent.remove"] = ClientJson.Default.AgentRemove,
        ["agent.drain"] = ClientJson.Default.AgentDrain,
        ["agent.resume"] = ClientJson.Default.AgentResume,
        ["agent.credit"] = ClientJson.Default.AgentCredit,
        ["agent.spawn"] = ClientJson.Default.AgentSpawn,
        ["agent.stop"] = ClientJson.Default.AgentStop,
        ["agent.health"] = ClientJson.Default.AgentHealth,
        ["agent.metrics"] = ClientJson.Default.AgentMetrics,
        ["agent.log"] = ClientJson.Default.AgentLog,
        ["agent.reports"] = ClientJson.Default.AgentReports,
        ["spawn.list"] = ClientJson.Default.SpawnList,
        ["spawn.show"] = ClientJson.Default.SpawnShow,
        ["runner.list"] = ClientJson.Default.RunnerList,
        ["runner.attach"] = ClientJson.Default.RunnerAttach,
        ["runner.report"] = ClientJson.Default.RunnerReport,
        ["runner.leave"] = ClientJson.Default.RunnerLeave,
        ["task.create"] = ClientJson.Default.TaskCreate,
        ["task.list"] = ClientJson.Default.TaskList,
        ["task.show"] = ClientJson.Default.TaskShow,
        ["task.cancel"] = ClientJson.Default.TaskCancel,
        ["task.set_priority"] = ClientJson.Default.TaskSetPriority,
        ["task.retry"] = ClientJson.Default.TaskRetry,
        ["task.start"] = ClientJson.Default.TaskStart,
        ["task.progress"] = ClientJson.Default.TaskProgress,
        ["task.log"] = ClientJson.Default.TaskLog,
        ["task.complete"] = ClientJson.Default.TaskComplete,
        ["task.fail"] = ClientJson.Default.TaskFail,
        ["task.refuse"] = ClientJson.Default.TaskRefuse,
        ["task.release"] = ClientJson.Default.TaskRelease,
        ["task.cancelled"] = ClientJson.Default.TaskCancelled,
        ["lease.renew"] = ClientJson.Default.LeaseRenew,
        ["presence.set"] = ClientJson.Default.PresenceSet,
        ["chat.open"] = ClientJson.Default.ChatOpen,
        ["chat.post"] = ClientJson.Default.ChatPost,
        ["notification.send"] = ClientJson.Default.NotificationSend,
        ["notification.seen"] = ClientJson.Default.NotificationSeen,
        ["memory.put"] = ClientJson.Default.MemoryPut,
        ["memory.get"] = ClientJson.Default.MemoryGet,
        ["memory.list"] = ClientJson.Default.MemoryList,
        ["memory.delete"] = ClientJson.Default.MemoryDelete,
        ["memory.namespaces"] = ClientJson.Default.MemoryNamespaces,
        ["memory.search"] = ClientJson.Default.MemorySearch,
        ["vote.open"] = ClientJson.Default.VoteOpen,
        ["vote.cast"] = ClientJson.Default.VoteCast,
        ["vote.withdraw"] = ClientJson.Default.VoteWithdraw,
        ["vote.show"] = ClientJson.Default.VoteShow,
        ["vote.list"] = ClientJson.Default.VoteList,
        ["vote.ballots"] = ClientJson.Default.VoteBallots,
        ["system.show"] = ClientJson.Default.SystemShow,
        ["alert.list"] = ClientJson.Default.AlertList,
        ["alert.acknowledge"] = ClientJson.Default.AlertAcknowledge,
    };

    internal static readonly Dictionary<string, JsonTypeInfo> Hub = new(StringComparer.Ordinal)
    {
        ["welcome"] = HubJson.Default.Welcome,
        ["reply"] = HubJson.Default.Reply,
        ["error"] = HubJson.Default.ErrorMessage,
        ["record"] = HubJson.Default.RecordMessage,
        ["gap"] = HubJson.Default.Gap,
        ["position"] = HubJson.Default.PositionMessage,
        ["assign"] = HubJson.Default.Assign,
        ["cancel"] = HubJson.Default.Cancel,
        ["stop"] = HubJson.Default.Stop,
        ["auth.expiring"] = HubJson.Default.AuthExpiring,
        ["vote.requested"] = HubJson.Default.VoteRequested,
        ["runner.start"] = HubJson.Default.RunnerStart,
        ["runner.stop"] = HubJson.Default.RunnerStop,
        ["bye"] = HubJson.Default.Bye,
    };

    public static IReadOnlyCollection<string> ClientTypes => Client.Keys;

    public static IReadOnlyCollection<string> HubTypes => Hub.Keys;
}
