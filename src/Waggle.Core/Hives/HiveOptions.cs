namespace Waggle.Core.Hives;

/// <summary>The numbers of a hive. Every one can be set by the operator; those of a task can be set on the task.</summary>
public sealed record HiveOptions
{
    public string Hive { get; init; } = "default";

    /// <summary>What the hive can do. Tests add features of their own.</summary>
    internal IReadOnlyList<Kernel.Feature> Features { get; init; } = Hives.Features.All;

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan AgentOfflineAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An agent whose worker was offline this long, holding nothing, is removed.</summary>
    public TimeSpan AgentRetention { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>An agent that was made before its worker, and whose worker never came, is removed after this long.</summary>
    public TimeSpan DeclaredRetention { get; init; } = TimeSpan.FromDays(1);
    public int MaxAttempts { get; init; } = 3;
    public int PoisonLosses { get; init; } = 2;
    public TimeSpan BackoffBase { get; init; } = TimeSpan.FromSeconds(2);
    public TimeSpan BackoffCap { get; init; } = TimeSpan.FromMinutes(5);
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a task that an agent failed, lost, refused or did not start waits for another agent that could do it and is busy.</summary>
    public TimeSpan OthersFirst { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How much waiting a priority class is worth.</summary>
    public TimeSpan Ageing { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Finished tasks and their attempts are kept this long.</summary>
    public TimeSpan TaskRetention { get; init; } = TimeSpan.FromDays(30);
    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Chat messages are kept this long, a conversation as long after its last one.</summary>
    public TimeSpan ChatRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Notifications are kept this long, seen or not.</summary>
    public TimeSpan NotificationRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>A user is offline this long after the last connection went.</summary>
    public TimeSpan PresenceGrace { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest result that can be uploaded; one in a message is bounded by the message.</summary>
    public long MaxBlobBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Results that no task refers to (any more) are kept this long.</summary>
    public TimeSpan BlobRetention { get; init; } = TimeSpan.FromDays(1);
    public TimeSpan BlobSweepInterval { get; init; } = TimeSpan.FromHours(1);
    public TimeSpan RetentionInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Commands waiting for the loop; past it their senders wait (back-pressure on the sockets).</summary>
    public int InboxCapacity { get; init; } = 16_384;

    /// <summary>Commands in one commit: bounds how long the first waits for the last.</summary>
    public int MaxBatch { get; init; } = 2_048;
}
