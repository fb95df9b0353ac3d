using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>The default rules of a hub. docs/insight.md gives the reason for each number; a test compares the two.</summary>
public static class AlertRules
{
    private const double MiB = 1024 * 1024;

    public static IReadOnlyList<AlertRule> Standard { get; } =
    [
        new("host_cpu", Gauge.HostCpu, AlertLevel.Warning, 90, 80, TimeSpan.FromMinutes(1)),
        new("host_memory", Gauge.HostMemory, AlertLevel.Warning, 90, 85, TimeSpan.FromMinutes(1)),
        new("memory_limit", Gauge.MemoryLimit, AlertLevel.Critical, 95, 90, TimeSpan.FromSeconds(30)),
        new("disk_space", Gauge.Disk, AlertLevel.Warning, 90, 88, TimeSpan.FromMinutes(1)),
        new("disk_full", Gauge.Disk, AlertLevel.Critical, 97, 95, TimeSpan.FromSeconds(10)),
        new("loop_slow", Gauge.LoopLongest, AlertLevel.Warning, 1000, 500, TimeSpan.FromSeconds(30)),
        new("inbox_fills", Gauge.Inbox, AlertLevel.Warning, 50, 25, TimeSpan.FromSeconds(10)),
        new("inbox_full", Gauge.Inbox, AlertLevel.Critical, 90, 50, TimeSpan.FromSeconds(10)),
        new("commit_slow", Gauge.Commit, AlertLevel.Warning, 100, 50, TimeSpan.FromSeconds(30)),
        new("commit_fails", Gauge.CommitFailures, AlertLevel.Critical, 0, 0, TimeSpan.Zero),
        new("creations_refused", Gauge.CreationsRefused, AlertLevel.Critical, 0, 0, TimeSpan.Zero),
        new("data_damaged", Gauge.Damaged, AlertLevel.Warning, 0, 0, TimeSpan.Zero),
        new("delivery_lags", Gauge.Backlog, AlertLevel.Warning, 25, 10, TimeSpan.FromSeconds(10)),
        new("delivery_stuck", Gauge.Backlog, AlertLevel.Critical, 75, 50, TimeSpan.FromSeconds(10)),
        new("outbox_fills", Gauge.Outbox, AlertLevel.Warning, 256 * MiB, 128 * MiB, TimeSpan.FromSeconds(30)),
        new("places_run_out", Gauge.ConnectionPlaces, AlertLevel.Warning, 90, 80, TimeSpan.FromSeconds(30)),
        new("retention_late", Gauge.Retention, AlertLevel.Warning, 600_000, 120_000, TimeSpan.Zero),
    ];
}
