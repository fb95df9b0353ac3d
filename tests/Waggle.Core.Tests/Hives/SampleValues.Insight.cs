using Waggle.Core.Identifiers;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Performance;
using Waggle.Core.Schemas;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static AlertFired Fired => new()
    {
        Alert = "al1-9",
        Rule = "disk_space",
        Resource = "disk",
        Module = "store",
        Level = AlertLevel.Warning,
        Title = "The data folder's disk fills up",
        Message = "disk.used_percent is 91.5 percent, above 90 for 60 s.",
        Metric = "disk.used_percent",
        Unit = "percent",
        Value = 91.5,
        Threshold = 90,
        ResolveAt = 88,
        Trend = AlertTrend.Rising,
        Since = At,
    };

    public static AlertEntity Alert => new()
    {
        Id = "al1-9",
        Seq = 9,
        FiredAt = At,
        Fired = Fired,
        AcknowledgedAt = At,
        AcknowledgedBy = "user",
        ResolvedAt = At,
        LastValue = 87.5,
        Reason = "disk.used_percent is 87.5 percent, back at 88 or below for 60 s.",
    };

    public static IdCounters Counters => new() { Given = new(StringComparer.Ordinal) { ["al"] = 3, ["t"] = 1042 } };

    public static TaskDay Day => new() { Day = new DateOnly(2026, 3, 1), Completed = 142, Totals = new() { Completed = 2000, Failed = 30, Cancelled = 4, Expired = 5, Rejected = 6 } };

    public static SwarmFigures Figures => new() { Swarm = "s2", Seq = 77, Completed = 45, Failed = 3, Cancelled = 2, Expired = 1, Rejected = 4, Timed = 44, WorkedMs = 52_800 };

    public static SchemaEntity Schema => new() { Version = "0.1.0", Operations = new Dictionary<string, string>(StringComparer.Ordinal) { ["GET /api/v1/tasks"] = "00112233aabbccdd" } };

    private static RecordData[] OfInsight =>
    [
        new SwarmMeasured
        {
            SwarmId = "s2", Name = "Second", State = SwarmState.Active, Swarm = "s2", Topology = TopologyKind.HierarchicalMesh,
            Tasks = new Dictionary<string, int>(StringComparer.Ordinal) { ["running"] = 2 },
            Agents = new Dictionary<string, int>(StringComparer.Ordinal) { ["idle"] = 2, ["working"] = 6, ["draining"] = 0, ["offline"] = 1 },
            FailedAgents = 1,
            Totals = Figures.Totals,
            Window = new()
            {
                WindowMs = 300_000, Completed = 12, Failed = 1, CompletedPerMinute = 2.4, AverageMs = 1200, BusySlotMs = 450_000, AvailableSlotMs = 900_000,
                Utilization = 0.5, Assigned = 14, QueueWait = new(900, 300, 2500, 4000),
            },
        },
        new SchemaUpdated { Version = "0.2.0", OldVersion = "0.1.0", Changes = [new("endpoint_added", "/api/v1/new-feature", "POST")] },
        Fired,
        new AlertAcknowledged(Alert, "user"),
        new AlertResolved(Alert, 87.5, Alert.Reason!),
        new ModuleStatusChanged { Module = "store", OldStatus = HealthStatus.Healthy, NewStatus = HealthStatus.Degraded, Reason = Fired.Message, Affected = ["commands"] },
        SystemMeasured.Of(new SystemView
        {
            At = At,
            IntervalMs = 5000,
            Status = HealthStatus.Degraded,
            Modules = new Dictionary<string, HealthStatus> { ["store"] = HealthStatus.Degraded },
            Host = new() { CpuCores = 2, MemoryTotalBytes = 1000, MemoryAvailableBytes = 250, MemoryUsedPercent = 75, NetworkReceivedBytesPerSecond = 1.5, NetworkSentBytesPerSecond = 2.5 },
            Process = new() { CpuPercent = 1.25, MemoryResidentBytes = 80_000_000, MemoryManagedBytes = 3_000_000, CpuLimitCores = 1.5, MemoryLimitBytes = 512_000_000, MemoryLimitUsedPercent = 20, UptimeMs = 60_000 },
            Disk = new() { TotalBytes = 1000, FreeBytes = 85, UsedPercent = 91.5 },
            Hub = new() { LoopMs = 0.4, LoopLongestMs = 3, CommitMs = 2, CommitLongestMs = 9, CommitFailuresLastMinute = 1, InboxDepth = 3, InboxPercent = 0.1, DeliveryBacklog = 2, DeliveryBacklogPercent = 0.5, OutboxMessages = 4, OutboxBytes = 400, Connections = 5, ConnectionsPercent = 0.5, RequestsPerSecond = 45.2, RequestErrorPercent = 2, RequestMs = 1.5, RetentionAgeMs = 30_000, SampleMs = 0.3 },
            Work = new() { Tasks = new Dictionary<string, long> { ["pending"] = 1 }, Agents = new Dictionary<string, long> { ["idle"] = 1 }, CompletedToday = 142, Today = Day.Day, CompletedPerSecond = 2.5, ErrorPercent = 10, WindowMs = 60_000 },
            Alerts = [AlertViews.Of(AlertEvolver.Create(Fired, 9, At))],
            Reasons = new Dictionary<string, string> { ["host.cpu_percent"] = "a rate needs a reading before it; this is the first" },
        }),
    ];
}
