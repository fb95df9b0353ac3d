using System.Text.Json.Serialization;

namespace Waggle.Protocol.Model;

/// <summary>
/// One reading of the machine, the process and the hub. Everything in it was measured; a number that was not is null, and <see cref="Reasons"/> says why.
/// </summary>
public sealed record SystemView
{
    public required DateTimeOffset At { get; init; }

    /// <summary>What the rates are counted over: the time since the reading before. 0 for the first, which has none.</summary>
    public required long IntervalMs { get; init; }

    /// <summary>By the worst open alert.</summary>
    public HealthStatus Status { get; init; }

    /// <summary>The parts of the hub, each by its worst open alert.</summary>
    public IReadOnlyDictionary<string, HealthStatus> Modules { get; init; } = new Dictionary<string, HealthStatus>();
    public required HostReading Host { get; init; }
    public required ProcessReading Process { get; init; }
    public required DiskReading Disk { get; init; }
    public required HubReading Hub { get; init; }
    public required WorkReading Work { get; init; }

    /// <summary>Those that are firing or acknowledged.</summary>
    public IReadOnlyList<AlertView> Alerts { get; init; } = [];

    /// <summary>Figure (<c>host.cpu_percent</c>) to why it was not measured.</summary>
    public required IReadOnlyDictionary<string, string> Reasons { get; init; }
}

/// <summary>The machine, whoever else works on it.</summary>
public sealed record HostReading
{
    /// <summary>Busy share of all cores.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CpuPercent { get; init; }
    public int CpuCores { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MemoryTotalBytes { get; init; }

    /// <summary>What programs can have without swapping.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MemoryAvailableBytes { get; init; }

    /// <summary>What is not available.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? MemoryUsedPercent { get; init; }

    /// <summary>Over all interfaces but the loopback.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? NetworkReceivedBytesPerSecond { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? NetworkSentBytesPerSecond { get; init; }
}

/// <summary>The hub's process.</summary>
public sealed record ProcessReading
{
    /// <summary>Of all cores of the machine, so that it compares with the host's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CpuPercent { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MemoryResidentBytes { get; init; }

    /// <summary>The garbage collector's heap, what is free in it included.</summary>
    public long MemoryManagedBytes { get; init; }

    /// <summary>A container's limit (cgroup v2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CpuLimitCores { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? MemoryLimitBytes { get; init; }

    /// <summary>What the container uses of it, without the file cache that can be given back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? MemoryLimitUsedPercent { get; init; }
    public long UptimeMs { get; init; }
}

/// <summary>The disk that the data folder is on.</summary>
public sealed record DiskReading
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? TotalBytes { get; init; }

    /// <summary>What this process may still write.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? FreeBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? UsedPercent { get; init; }
}

/// <summary>The hub's own parts. Times are of what ended within the interval.</summary>
public sealed record HubReading
{
    /// <summary>A turn of the owner's loop, on average.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? LoopMs { get; init; }

    /// <summary>The longest one; the one under way counts with what it took so far.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? LoopLongestMs { get; init; }

    /// <summary>A commit to the store, on average.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CommitMs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CommitLongestMs { get; init; }

    /// <summary>Turns within the last minute that could not be stored.</summary>
    public long CommitFailuresLastMinute { get; init; }

    /// <summary>Since the last commit that became durable. An idle hub commits twice a minute to know.</summary>
    public long? CommitAgeMs { get; init; }

    /// <summary>1 while a creation could not be stored, else 0.</summary>
    public int? CreationsRefused { get; init; }

    /// <summary>Stored entities that cannot be read and were set aside since the hub started.</summary>
    public int? DamagedEntities { get; init; }

    /// <summary>Commands that wait for the loop.</summary>
    public int InboxDepth { get; init; }

    /// <summary>Of what the inbox takes.</summary>
    public double InboxPercent { get; init; }

    /// <summary>Batches and subscriptions that wait for the delivery loop.</summary>
    public int DeliveryBacklog { get; init; }
    public double DeliveryBacklogPercent { get; init; }

    /// <summary>Messages that wait to be written, over all connections.</summary>
    public long OutboxMessages { get; init; }
    public long OutboxBytes { get; init; }

    /// <summary>Clients that are here.</summary>
    public int Connections { get; init; }
    public double ConnectionsPercent { get; init; }

    /// <summary>Since the owner last went through what is past its retention.</summary>
    public long RetentionAgeMs { get; init; }

    /// <summary>What it took to measure all this.</summary>
    public double SampleMs { get; init; }
}

/// <summary>What the swarms do.</summary>
public sealed record WorkReading
{
    /// <summary>Open tasks by state.</summary>
    public IReadOnlyDictionary<string, long> Tasks { get; init; } = new Dictionary<string, long>();

    /// <summary>Agents by what they do: idle, working (with a task), draining, offline.</summary>
    public IReadOnlyDictionary<string, long> Agents { get; init; } = new Dictionary<string, long>();

    /// <summary>Tasks that completed since <see cref="Today"/> began, restarts of the hub included.</summary>
    public long CompletedToday { get; init; }

    /// <summary>The day in UTC, by the hive's time.</summary>
    public DateOnly Today { get; init; }

    /// <summary>Over <see cref="WindowMs"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? CompletedPerSecond { get; init; }

    /// <summary>Of the attempts that ended within the window by themselves: how many failed, timed out or were lost.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ErrorPercent { get; init; }

    /// <summary>A minute, or less in the first minute of the hub.</summary>
    public long WindowMs { get; init; }
}
