
namespace Waggle.Core.Kernel;

/// <summary>The settings of a hive. An operator can set each of them; a task can override those that concern tasks.</summary>
public sealed record HiveOptions
{
    public string Hive { get; init; } = "default";

    /// <summary>Features beside those of the product. Tests add their own.</summary>
    internal IReadOnlyList<Feature> MoreFeatures { get; init; } = [];

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan AgentOfflineAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time after which the hive removes an agent that holds nothing and whose worker is offline.</summary>
    public TimeSpan AgentRetention { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The time after which the hive removes a declared agent whose worker never came.</summary>
    public TimeSpan DeclaredRetention { get; init; } = TimeSpan.FromDays(1);
    public int MaxAttempts { get; init; } = 3;
    public int PoisonLosses { get; init; } = 2;
    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromSeconds(2);
    public TimeSpan BackoffCap { get; init; } = TimeSpan.FromMinutes(5);
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The time that a task waits for other agents, which qualify and are busy, before it returns to an agent that failed, lost, refused or did not start it.
    /// </summary>
    public TimeSpan OthersFirst { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the hive learns the proficiencies of agents from the outcomes of tasks. If not, the proficiencies that workers declare count alone.
    /// </summary>
    public bool Learning { get; init; } = true;

    /// <summary>The waiting time that equals one priority class.</summary>
    public TimeSpan Ageing { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The operator's prices, from which the hive computes the cost of reported tokens.</summary>
    public PriceList Prices { get; init; } = PriceList.None;

    /// <summary>The retention of the usage of each day.</summary>
    public TimeSpan UsageRetention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>The retention of finished tasks and their attempts.</summary>
    public TimeSpan TaskRetention { get; init; } = TimeSpan.FromDays(30);
    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The retention of the log lines of tasks. They are deleted in slices, up to one part in 32 later.</summary>
    public TimeSpan TaskLogRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The bytes of log lines that one task may have. Beyond them the hive deletes its oldest lines, a sixteenth at a time.</summary>
    public long TaskLogQuota { get; init; } = 16L * 1024 * 1024;

    /// <summary>The bytes of log lines that all tasks may have together. Beyond them the hive deletes the oldest lines, a thirty-second at a time.</summary>
    public long TaskLogTotalQuota { get; init; } = 1024L * 1024 * 1024;

    /// <summary>The retention of chat messages. A conversation remains for the same time after its last message.</summary>
    public TimeSpan ChatRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The retention of notifications, seen or not.</summary>
    public TimeSpan NotificationRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The retention of the audit log.</summary>
    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The retention of messages to agents after their end, without their content.</summary>
    public TimeSpan AgentMessageRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The retention of idempotency keys of puts to memory, with their answers.</summary>
    public TimeSpan MemoryPutRetention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The retention of closed proposals, and of ballots after the deadline of their proposal.</summary>
    public TimeSpan ProposalRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The retention of workflow runs after their end, and of their steps and inputs after the deadline of their run.</summary>
    public TimeSpan WorkflowRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The time after which a runner that is not connected is lost, and its agents have failed.</summary>
    public TimeSpan RunnerLostAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The greatest number of agents that one user may have on runners at a time.</summary>
    public int MaxSpawnedPerUser { get; init; } = 200;

    /// <summary>The greatest number of agents that one user may request within a minute.</summary>
    public int SpawnsPerMinute { get; init; } = 200;

    /// <summary>The retention of spawns that stopped or failed.</summary>
    public TimeSpan SpawnRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The bytes of values that one memory namespace may have.</summary>
    public long MemoryNamespaceQuota { get; init; } = 256L * 1024 * 1024;

    /// <summary>The bytes of values that all memory namespaces of a swarm may have together; the shared ones count as one swarm.</summary>
    public long MemorySwarmQuota { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Entries in one memory namespace.</summary>
    public long MaxMemoryEntries { get; init; } = 1_000_000;

    /// <summary>Idempotency keys of puts that one memory namespace keeps, counted over one to two times <see cref="MemoryPutRetention"/>.</summary>
    public long MaxMemoryPutKeys { get; init; } = 250_000;

    /// <summary>Memory namespaces of the hive: each is in memory.</summary>
    public int MaxMemoryNamespaces { get; init; } = 10_000;

    /// <summary>The time between the end of a user's last connection and the moment when the user is offline.</summary>
    public TimeSpan PresenceGrace { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The greatest size of an uploaded result, in bytes. The size of a message limits a result inside the message.</summary>
    public long MaxBlobBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// The least time for which a blob without an entity is kept: within it, the command that wrote it has ended.
    /// </summary>
    public static readonly TimeSpan LeastBlobRetention = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The retention of uploaded results that no task refers to. Blobs of memory values without an entry are kept for this time, and at most for
    /// <see cref="LeastBlobRetention"/>.
    /// </summary>
    public TimeSpan BlobRetention { get; init; } = TimeSpan.FromDays(1);
    public TimeSpan BlobSweepInterval { get; init; } = TimeSpan.FromHours(1);
    public TimeSpan RetentionInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of commands that may wait for the loop. Beyond it senders wait, which slows their sockets.</summary>
    public int InboxCapacity { get; init; } = 16_384;

    /// <summary>The greatest number of commands in one commit. It limits the time that the first command waits for the last.</summary>
    public int MaxBatch { get; init; } = 2_048;
}
