using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Insight;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Core.Presence;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives;

/// <summary>What a decision may look at: the hive's state as it is at this place in the batch. Cold entities are there if the command named their keys.</summary>
public interface IHiveView
{
    string Hive { get; }
    long Epoch { get; }

    /// <summary>The offset that the next durable record will have.</summary>
    long NextOffset { get; }

    /// <summary>The id that the next entity with this prefix gets; <paramref name="ahead"/> for those after it in the same decision.</summary>
    string NextId(string prefix, int ahead = 0);

    TaskEntity? Task(string id);

    /// <summary>An ended attempt that was asked for, or that ended in this batch.</summary>
    AttemptView? Attempt(string task, int attempt);

    /// <summary>The task that was created under this key.</summary>
    string? TaskByIdempotencyKey(string swarm, string key);

    AgentEntity? Agent(string id);

    IEnumerable<AgentEntity> Agents { get; }

    /// <summary>The hash of its secret; null for an agent without one yet.</summary>
    string? SecretOf(string agent);

    /// <summary>What is known of an agent only in memory: its link, when it was last heard of, its credit and what it holds.</summary>
    AgentPresence? Presence(string agent);

    /// <summary>How many agents could have a task now, whatever their load.</summary>
    int CountQualified(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null);

    int CountAgents(string swarm);

    /// <summary>A swarm's agents that take the type and have any of the capabilities; where none has, the first by its id that takes the type.</summary>
    IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type);

    /// <summary>Until when a waiting task goes to other agents than those that it was at, while any qualifies.</summary>
    DateTimeOffset? OthersUntil(string task);

    SwarmEntity? Swarm(string id);

    IEnumerable<SwarmEntity> Swarms { get; }

    /// <summary>Tasks of a swarm with an offset below this one that nobody asked to cancel, the newest first: what depends on a task comes before it.</summary>
    IReadOnlyList<TaskEntity> NewestOpen(string swarm, long below, int most);

    /// <summary>Until when a held task's lease lasts.</summary>
    DateTimeOffset? LeaseUntil(string task);

    /// <summary>Whether the holder named a held task's lease since it was assigned: it has the assignment. A new owner does not know and says no.</summary>
    bool IsAcknowledged(string task);

    /// <summary>The last reported progress and log lines of a held task.</summary>
    TaskActivity? Activity(string task);

    /// <summary>How many of a blocked task's dependencies have not ended.</summary>
    int OpenDependencies(string task);

    /// <summary>The blocked tasks that wait for this one.</summary>
    IReadOnlyCollection<string> Dependents(string task);

    /// <summary>Open tasks of a swarm by state.</summary>
    IReadOnlyDictionary<TaskState, int> OpenTasks(string swarm);

    /// <summary>A user who is here; null for one who is not.</summary>
    UserPresence? User(string subject);

    IEnumerable<UserPresence> Users { get; }

    ConversationEntity? Conversation(string id);

    ChatMessageEntity? ChatMessage(string id);

    NotificationEntity? Notification(string id);

    /// <summary>Up to which offset a user has seen the notifications.</summary>
    long SeenThrough(string user);

    /// <summary>The offset of the last notification to everybody, or a greater one where it is not known.</summary>
    long LastToAll { get; }

    /// <summary>Whether a cold entity that was asked for is there, also where the principal does not see it.</summary>
    bool IsTaken(EntityKey key);

    /// <summary>Tasks that completed on a day (UTC): today, or the last day on which any did.</summary>
    long CompletedOn(DateOnly day);

    /// <summary>Tasks that ended since the hive began; null for those who do not see the whole hive.</summary>
    TaskTotals? Totals { get; }

    /// <summary>An alert that is open, or a resolved one that was asked for.</summary>
    AlertEntity? Alert(string id);

    /// <summary>Those that are firing or acknowledged, the oldest first.</summary>
    IReadOnlyCollection<AlertEntity> OpenAlerts { get; }

    /// <summary>The newest reading of machine, process and hub; null: there is none.</summary>
    SystemView? System { get; }
}

/// <summary>What a held task's worker said last.</summary>
public sealed class TaskActivity
{
    public const int TailLines = 20;

    public double? Progress { get; set; }

    public Queue<string> LogTail { get; } = new();
}
