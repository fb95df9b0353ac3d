using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Hives;
using Waggle.Core.Insight;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Core.Presence;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Access;

/// <summary>
/// The hive as a principal that is limited to swarms sees it: what belongs to others is not there, so no command can show or change it. Commands that create
/// something under a name of the client's choice look at the whole, see <see cref="Command.Refusal"/>.
/// </summary>
internal sealed class ReachableView(IHiveView whole, Principal by) : IHiveView
{
    public string Hive => whole.Hive;

    public long Epoch => whole.Epoch;

    public long NextOffset => whole.NextOffset;

    public string NextId(string prefix, int ahead = 0) => whole.NextId(prefix, ahead);

    public IEnumerable<AgentEntity> Agents => whole.Agents.Where(a => by.Reaches(a.Swarm));

    public IEnumerable<SwarmEntity> Swarms => whole.Swarms.Where(s => by.Reaches(s.Id));

    public TaskEntity? Task(string id) => whole.Task(id) is { } task && by.Reaches(task.Swarm) ? task : null;

    public AttemptView? Attempt(string task, int attempt) => Task(task) is null ? null : whole.Attempt(task, attempt);

    public string? TaskByIdempotencyKey(string swarm, string key) => by.Reaches(swarm) ? whole.TaskByIdempotencyKey(swarm, key) : null;

    public AgentEntity? Agent(string id) => whole.Agent(id) is { } agent && by.Reaches(agent.Swarm) ? agent : null;

    public string? SecretOf(string agent) => Agent(agent) is null ? null : whole.SecretOf(agent);

    public AgentPresence? Presence(string agent) => Agent(agent) is null ? null : whole.Presence(agent);

    public int CountQualified(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null) =>
        by.Reaches(swarm) ? whole.CountQualified(swarm, requires, type, assignTo, except) : 0;

    public int CountAgents(string swarm) => by.Reaches(swarm) ? whole.CountAgents(swarm) : 0;

    public IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type) => by.Reaches(swarm) ? whole.AgentsNear(swarm, requires, type) : [];

    public DateTimeOffset? OthersUntil(string task) => Task(task) is null ? null : whole.OthersUntil(task);

    public SwarmEntity? Swarm(string id) => by.Reaches(id) ? whole.Swarm(id) : null;

    public DateTimeOffset? LeaseUntil(string task) => Task(task) is null ? null : whole.LeaseUntil(task);

    public bool IsAcknowledged(string task) => Task(task) is not null && whole.IsAcknowledged(task);

    public TaskActivity? Activity(string task) => Task(task) is null ? null : whole.Activity(task);

    public int OpenDependencies(string task) => whole.OpenDependencies(task);

    public IReadOnlyCollection<string> Dependents(string task) => whole.Dependents(task);

    public IReadOnlyList<TaskEntity> NewestOpen(string swarm, long below, int most) => by.Reaches(swarm) ? whole.NewestOpen(swarm, below, most) : [];

    public IReadOnlyDictionary<TaskState, int> OpenTasks(string swarm) => whole.OpenTasks(swarm);

    // Users belong to no swarm: who sees a part of the hive sees itself.
    public UserPresence? User(string subject) => subject == by.User ? whole.User(subject) : null;

    public IEnumerable<UserPresence> Users => whole.User(by.User) is { } self ? [self] : [];

    public ConversationEntity? Conversation(string id) => whole.Conversation(id) is { } conversation && by.Reaches(conversation.Swarm) ? conversation : null;

    public ChatMessageEntity? ChatMessage(string id) => whole.ChatMessage(id) is { } message && Conversation(message.Conversation) is not null ? message : null;

    // Which of them are its own is decided by what is asked.
    public NotificationEntity? Notification(string id) => whole.Notification(id);

    public long SeenThrough(string user) => whole.SeenThrough(user);

    public long LastToAll => whole.LastToAll;

    public bool IsTaken(EntityKey key) => whole.IsTaken(key);

    // Machine and hub concern the whole hive, which those who see a part are not asked about.
    public long CompletedOn(DateOnly day) => 0;

    public TaskTotals? Totals => null;

    public AlertEntity? Alert(string id) => null;

    public IReadOnlyCollection<AlertEntity> OpenAlerts => [];

    public SystemView? System => null;
}
