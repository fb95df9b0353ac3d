using System.Text.Json.Serialization;

namespace Waggle.Protocol.Model;

/// <summary>
/// One reading of the machine, the process and the hub. Every number in it was measured. A number that was not measured is null, and <see cref="Reasons"/>
/// gives the reason.
/// </summary>
public sealed record SystemView
{
    public required DateTimeOffset At { get; init; }

    /// <summary>The time since the reading before in milliseconds, over which the rates are computed; 0 for the first reading.</summary>
    public required long IntervalMs { get; init; }

    /// <summary>The health by the worst open alert.</summary>
    public HealthStatus Status { get; init; }

    /// <summary>The health of the hub's parts, each by its worst open alert.</summary>
    public IReadOnlyDictionary<string, HealthStatus> Modules { get; init; } = new Dictionary<string, HealthStatus>();
    public required HostReading Host { get; init; }
    public required ProcessReading Process { get; init; }
    public required DiskReading Disk { get; init; }
    public required HubReading Hub { get; init; }
    public required WorkReading Work { get; init; }

    /// <summary>The alerts that are firing or acknowledged.</summary>
    public IReadOnlyList<AlertView> Alerts { get; init; } = [];

    /// <summary>The reason why a figure (<c>host.cpu_percent</c>) was not measured, by figure.</summary>
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }
}

/// <summary>The machine, including the work of other programs.</summary>
public sealed record HostReading
{
    /// <summary>The busy share of all cores, in percent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CpuPercent { get; init; }
    public int CpuCores { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MemoryTotalBytes { get; init; }

    /// <summary>The memory that programs can get without swapping.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MemoryAvailableBytes { get; init; }

    /// <summary>The share of the memory that is not available, in percent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? MemoryUsedPercent { get; init; }

    /// <summary>The rate over all interfaces except the loopback.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? NetworkReceivedBytesPerSecond { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? NetworkSentBytesPerSecond { get; init; }
}

/// <summary>The hub's process.</summary>
public sealed record ProcessReading
{
    /// <summary>The share of all cores of the machine, in percent, comparable with the host's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CpuPercent { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MemoryResidentBytes { get; init; }

    /// <summary>The size of the garbage collector's heap, including its free part.</summary>
    public long MemoryManagedBytes { get; init; }

    /// <summary>The limit of the container (cgroup v2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CpuLimitCores { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MemoryLimitBytes { get; init; }

    /// <summary>The container's use of its limit in percent, without the file cache that the system can reclaim.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? MemoryLimitUsedPercent { get; init; }
    public long UptimeMs { get; init; }
}

/// <summary>The disk that the data folder is on.</summary>
public sealed record DiskReading
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? TotalBytes { get; init; }

    /// <summary>The number of bytes that this process can still write.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? FreeBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? UsedPercent { get; init; }
}

/// <summary>The hub's own parts. The times are of operations that ended within the interval.</summary>
public sealed record HubReading
{
    /// <summary>The average time of a turn of the owner's loop.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? LoopMs { get; init; }

    /// <summary>The longest turn; the turn under way counts with its time so far.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? LoopLongestMs { get; init; }

    /// <summary>The average time of a commit to the store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CommitMs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CommitLongestMs { get; init; }

    /// <summary>The number of turns within the last minute that could not be stored.</summary>
    public long CommitFailuresLastMinute { get; init; }

    /// <summary>The time since the last durable commit. An idle hub commits twice a minute to measure it.</summary>
    public long? CommitAgeMs { get; init; }

    /// <summary>1 while a creation could not be stored, else 0.</summary>
    public int? CreationsRefused { get; init; }

    /// <summary>The number of stored entities that cannot be read and were set aside since the hub's start.</summary>
    public int? DamagedEntities { get; init; }

    /// <summary>The number of commands that wait for the loop.</summary>
    public int InboxDepth { get; init; }

    /// <summary>The used share of the inbox, in percent.</summary>
    public double InboxPercent { get; init; }

    /// <summary>The number of batches and subscriptions that wait for the delivery loop.</summary>
    public int DeliveryBacklog { get; init; }
    public double DeliveryBacklogPercent { get; init; }

    /// <summary>The number of messages that wait to be written, over all connections.</summary>
    public long OutboxMessages { get; init; }
    public long OutboxBytes { get; init; }

    /// <summary>The number of connected clients.</summary>
    public int Connections { get; init; }
    public double ConnectionsPercent { get; init; }

    /// <summary>The HTTP requests that were answered per second, over the last minute.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? RequestsPerSecond { get; init; }

    /// <summary>The share of those requests that were answered with a status of 500 or more, in percent; null without a request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? RequestErrorPercent { get; init; }

    /// <summary>The average time of those requests; null without a request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? RequestMs { get; init; }

    /// <summary>The time since the owner's last pass of retention.</summary>
    public long RetentionAgeMs { get; init; }

    /// <summary>The time that this reading took.</summary>
    public double SampleMs { get; init; }
}

/// <summary>The work of the swarms.</summary>
public sealed record WorkReading
{
    /// <summary>The number of open tasks by state.</summary>
    public IReadOnlyDictionary<string, long> Tasks { get; init; } = new Dictionary<string, long>();

    /// <summary>The number of agents by activity: idle, working (with a task), draining, offline.</summary>
    public IReadOnlyDictionary<string, long> Agents { get; init; } = new Dictionary<string, long>();

    /// <summary>The number of tasks completed since <see cref="Today"/> began, including before restarts of the hub.</summary>
    public long CompletedToday { get; init; }

    /// <summary>The day in UTC, by the hive's time.</summary>
    public DateOnly Today { get; init; }

    /// <summary>The rate over <see cref="WindowMs"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CompletedPerSecond { get; init; }

    /// <summary>
    /// The share of the attempts that failed, timed out or were lost, of those that ended within the window without a cancellation, in percent.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ErrorPercent { get; init; }

    /// <summary>The window of the rates: a minute, or less in the first minute of the hub.</summary>
    public long WindowMs { get; init; }
}
