using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>
/// Writes the JSON of a reading by hand. An idle hub writes readings only, and the serializer's code for so many number types costs two megabytes of memory. A
/// test compares this with the serializer's own text.
/// </summary>
internal static class SystemText
{
    public static void Write(Utf8JsonWriter json, SystemMeasured reading)
    {
        json.WriteStartObject();
        json.WriteNumber("interval_ms"u8, reading.IntervalMs);
        json.WriteString("status"u8, NameOf(reading.Status));
        json.WriteStartObject("modules"u8);
        foreach (var (module, status) in reading.Modules) json.WriteString(module, NameOf(status));
        json.WriteEndObject();
        Write(json, reading.Host);
        Write(json, reading.Process);
        Write(json, reading.Disk);
        Write(json, reading.Hub);
        Write(json, reading.Work);
        json.WriteStartArray("alerts"u8);
        foreach (var alert in reading.Alerts) JsonSerializer.Serialize(json, alert, InsightJson.Default.AlertView);
        json.WriteEndArray();
        json.WriteStartObject("reasons"u8);
        foreach (var (metric, reason) in reading.Reasons) json.WriteString(metric, reason);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, HostReading host)
    {
        json.WriteStartObject("host"u8);
        Number(json, "cpu_percent"u8, host.CpuPercent);
        json.WriteNumber("cpu_cores"u8, host.CpuCores);
        Number(json, "memory_total_bytes"u8, host.MemoryTotalBytes);
        Number(json, "memory_available_bytes"u8, host.MemoryAvailableBytes);
        Number(json, "memory_used_percent"u8, host.MemoryUsedPercent);
        Number(json, "network_received_bytes_per_second"u8, host.NetworkReceivedBytesPerSecond);
        Number(json, "network_sent_bytes_per_second"u8, host.NetworkSentBytesPerSecond);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ProcessReading process)
    {
        json.WriteStartObject("process"u8);
        Number(json, "cpu_percent"u8, process.CpuPercent);
        Number(json, "memory_resident_bytes"u8, process.MemoryResidentBytes);
        json.WriteNumber("memory_managed_bytes"u8, process.MemoryManagedBytes);
        Number(json, "cpu_limit_cores"u8, process.CpuLimitCores);
        Number(json, "memory_limit_bytes"u8, process.MemoryLimitBytes);
        Number(json, "memory_limit_used_percent"u8, process.MemoryLimitUsedPercent);
        json.WriteNumber("uptime_ms"u8, process.UptimeMs);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DiskReading disk)
    {
        json.WriteStartObject("disk"u8);
        Number(json, "total_bytes"u8, disk.TotalBytes);
        Number(json, "free_bytes"u8, disk.FreeBytes);
        Number(json, "used_percent"u8, disk.UsedPercent);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, HubReading hub)
    {
        json.WriteStartObject("hub"u8);
        Number(json, "loop_ms"u8, hub.LoopMs);
        Number(json, "loop_longest_ms"u8, hub.LoopLongestMs);
        Number(json, "commit_ms"u8, hub.CommitMs);
        Number(json, "commit_longest_ms"u8, hub.CommitLongestMs);
        json.WriteNumber("commit_failures_last_minute"u8, hub.CommitFailuresLastMinute);
        if (hub.CommitAgeMs is { } age) json.WriteNumber("commit_age_ms"u8, age);
        if (hub.CreationsRefused is { } refused) json.WriteNumber("creations_refused"u8, refused);
        if (hub.DamagedEntities is { } damaged) json.WriteNumber("damaged_entities"u8, damaged);
        json.WriteNumber("inbox_depth"u8, hub.InboxDepth);
        json.WriteNumber("inbox_percent"u8, hub.InboxPercent);
        json.WriteNumber("delivery_backlog"u8, hub.DeliveryBacklog);
        json.WriteNumber("delivery_backlog_percent"u8, hub.DeliveryBacklogPercent);
        json.WriteNumber("outbox_messages"u8, hub.OutboxMessages);
        json.WriteNumber("outbox_bytes"u8, hub.OutboxBytes);
        json.WriteNumber("connections"u8, hub.Connections);
        json.WriteNumber("connections_percent"u8, hub.ConnectionsPercent);
        Number(json, "requests_per_second"u8, hub.RequestsPerSecond);
        Number(json, "request_error_percent"u8, hub.RequestErrorPercent);
        Number(json, "request_ms"u8, hub.RequestMs);
        json.WriteNumber("retention_age_ms"u8, hub.RetentionAgeMs);
        json.WriteNumber("sample_ms"u8, hub.SampleMs);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, WorkReading work)
    {
        json.WriteStartObject("work"u8);
        json.WriteStartObject("tasks"u8);
        foreach (var (state, count) in work.Tasks) json.WriteNumber(state, count);
        json.WriteEndObject();
        json.WriteStartObject("agents"u8);
        foreach (var (state, count) in work.Agents) json.WriteNumber(state, count);
        json.WriteEndObject();
        json.WriteNumber("completed_today"u8, work.CompletedToday);
        json.WriteString("today"u8, work.Today.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        Number(json, "completed_per_second"u8, work.CompletedPerSecond);
        Number(json, "error_percent"u8, work.ErrorPercent);
        json.WriteNumber("window_ms"u8, work.WindowMs);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static ReadOnlySpan<byte> NameOf(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy"u8,
        HealthStatus.Degraded => "degraded"u8,
        _ => "unhealthy"u8,
    };
}
