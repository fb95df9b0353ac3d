using Waggle.Core.Agents;
using Waggle.Core.Ports;
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
    AgentLiveness? Presence(string agent);

    /// <summary>How many agents could have a task now, whatever their load.</summary>
    int CountQualified(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null);

    int CountAgents(string swarm);

    /// <summary>A swarm's agents that take the type and have any of the capabilities; where none has, the first by its id that takes the type.</summary>
    IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type);

    /// <summary>Until when a waiting task goes to other agents than those that it was at, while any qualifies.</summary>
    DateTimeOffset? OthersUntil(string task);

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

    /// <summary>Whether a cold entity that was asked for is there, also where the principal does not see it.</summary>
    bool IsTaken(EntityKey key);

    /// <summary>What a feature lets decisions see, as far as the principal reaches. The features declare members of this interface over it.</summary>
    T View<T>()
        where T : class;
}

/// <summary>What a held task's worker said last.</summary>
public sealed class TaskActivity
{
    public const int TailLines = 20;

    public double? Progress { get; set; }

    public Queue<string> LogTail { get; } = new();
}
