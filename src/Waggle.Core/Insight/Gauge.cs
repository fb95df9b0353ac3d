using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>A figure of a reading that rules can watch.</summary>
/// <param name="Metric">The path of the figure in the reading: <c>host.cpu_percent</c>.</param>
/// <param name="Resource">The resource that the figure measures.</param>
/// <param name="Module">The part of the hub that suffers; null for the machine.</param>
/// <param name="Title">The title of an alert about the figure.</param>
public sealed record Gauge(string Metric, string Unit, string Resource, string? Module, string Title, Func<SystemView, double?> Read)
{
    /// <summary>Returns text that an alert adds to the number: names, a cause.</summary>
    public Func<StoreHealth, string?>? Detail { get; init; }

    internal string WithDetail(string message, StoreHealth store) =>
        Detail?.Invoke(store) is { Length: > 0 } detail ? $"{message} {char.ToUpperInvariant(detail[0])}{detail[1..]}." : message;

    public const string Percent = "percent";
    public const string Milliseconds = "ms";

    public static Gauge HostCpu { get; } = new("host.cpu_percent", Percent, "cpu", null, "High CPU usage", s => s.Host.CpuPercent);

    public static Gauge HostMemory { get; } = new("host.memory_used_percent", Percent, "memory", null, "High memory usage", s => s.Host.MemoryUsedPercent);

    public static Gauge MemoryLimit { get; } =
        new("process.memory_limit_used_percent", Percent, "memory_limit", null, "Close to the container's memory limit", s => s.Process.MemoryLimitUsedPercent);

    public static Gauge Disk { get; } = new("disk.used_percent", Percent, "disk", Modules.Store, "The data folder's disk fills up", s => s.Disk.UsedPercent);

    public static Gauge LoopLongest { get; } =
        new("hub.loop_longest_ms", Milliseconds, "owner_loop", Modules.OwnerLoop, "The owner's loop is slow", s => s.Hub.LoopLongestMs);

    public static Gauge Inbox { get; } = new("hub.inbox_percent", Percent, "inbox", Modules.OwnerLoop, "The command queue is long", s => s.Hub.InboxPercent);

    public static Gauge Commit { get; } = new("hub.commit_ms", Milliseconds, "commit", Modules.Store, "The store is slow", s => s.Hub.CommitMs);

    public static Gauge CommitFailures { get; } =
        new("hub.commit_failures_last_minute", "count", "commit", Modules.Store, "The store fails", s => s.Hub.CommitFailuresLastMinute);

    public static Gauge CreationsRefused { get; } =
        new("hub.creations_refused", "count", "store", Modules.Store, "New work cannot be stored", s => s.Hub.CreationsRefused) { Detail = s => s.Problem };

    public static Gauge Damaged { get; } =
        new("hub.damaged_entities", "count", "data", Modules.Store, "Stored entities are damaged", s => s.Hub.DamagedEntities) { Detail = NamesOf };

    public static Gauge Backlog { get; } =
        new("hub.delivery_backlog_percent", Percent, "delivery", Modules.Delivery, "Delivery lags behind", s => s.Hub.DeliveryBacklogPercent);

    public static Gauge Outbox { get; } = new("hub.outbox_bytes", "bytes", "outbox", Modules.Connections, "Slow clients", s => s.Hub.OutboxBytes);

    public static Gauge ConnectionPlaces { get; } =
        new("hub.connections_percent", Percent, "connections", Modules.Connections, "Few client connections left", s => s.Hub.ConnectionsPercent);

    public static Gauge Retention { get; } =
        new("hub.retention_age_ms", Milliseconds, "retention", Modules.Retention, "Expired data is not deleted", s => s.Hub.RetentionAgeMs);

    private static string? NamesOf(StoreHealth store) =>
        store.DamagedCount == 0 ? null : $"set aside: {string.Join(", ", store.Damaged)}{(store.DamagedCount > store.Damaged.Count ? ", …" : "")}";
}
