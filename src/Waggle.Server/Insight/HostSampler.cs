using Waggle.Protocol.Model;

namespace Waggle.Server.Insight;

/// <summary>Computes the host's figures from the operating system's: levels as they are, rates from one reading to the next.</summary>
internal sealed class HostSampler(IHostMetrics numbers, string folder, TimeProvider time) : IDisposable
{
    private readonly long _started = time.GetTimestamp();
    private HostMetrics _before;
    private TimeSpan _cpuBefore;
    private long? _at;

    /// <summary>The time since the last reading; null for the first.</summary>
    public TimeSpan? SinceLast { get; private set; }

    public (HostReading Host, ProcessReading Process, DiskReading Disk) Read(Unmeasured why)
    {
        var now = numbers.Read(why);
        var at = time.GetTimestamp();
        SinceLast = _at is { } last && time.GetElapsedTime(last, at) is var passed && passed > TimeSpan.Zero ? passed : null;
        var cpu = Environment.CpuUsage.TotalTime;
        var reading = (Host(now, why), Process(now, cpu, time.GetElapsedTime(_started, at), why), Disk(why));
        (_before, _cpuBefore, _at) = (now, cpu, at);
        return reading;
    }

    public void Dispose() => numbers.Dispose();

    private HostReading Host(in HostMetrics now, Unmeasured why) => new()
    {
        CpuPercent = now.Cpu is null ? null : why.Note("host.cpu_percent", Share(now.Cpu, _before.Cpu), Unmeasured.FirstReading),
        CpuCores = Environment.ProcessorCount,
        MemoryTotalBytes = now.MemoryTotal,
        MemoryAvailableBytes = now.MemoryAvailable,
        MemoryUsedPercent = now is { MemoryTotal: > 0 and var total, MemoryAvailable: { } available } ? Percent(total - available, total) : null,
        NetworkReceivedBytesPerSecond = now.Network is null
            ? null
            : why.Note("host.network_received_bytes_per_second", Rate(now.Network?.Received, _before.Network?.Received), Unmeasured.FirstReading),
        NetworkSentBytesPerSecond = now.Network is null
            ? null
            : why.Note("host.network_sent_bytes_per_second", Rate(now.Network?.Sent, _before.Network?.Sent), Unmeasured.FirstReading),
    };

    private ProcessReading Process(in HostMetrics now, TimeSpan cpu, TimeSpan uptime, Unmeasured why) => new()
    {
        CpuPercent = why.Note("process.cpu_percent", SinceLast is { } passed
            ? (double?)Percent((cpu - _cpuBefore).Ticks, passed.Ticks * Environment.ProcessorCount)
            : null, Unmeasured.FirstReading),
        MemoryResidentBytes = now.Resident,
        MemoryManagedBytes = GC.GetTotalMemory(forceFullCollection: false),
        CpuLimitCores = now.CpuLimit,
        MemoryLimitBytes = now.MemoryLimit,
        MemoryLimitUsedPercent = now is { MemoryLimit: > 0 and var limit, MemoryLimitUsed: { } used } ? Percent(used, limit) : null,
        UptimeMs = (long)uptime.TotalMilliseconds,
    };

    private DiskReading Disk(Unmeasured why)
    {
        try
        {
            var drive = new DriveInfo(folder);
            var (total, free, used) = (drive.TotalSize, drive.AvailableFreeSpace, drive.TotalSize - drive.TotalFreeSpace);

            // As in df, the reserve of the administrator is neither used nor free.
            return new() { TotalBytes = total, FreeBytes = free, UsedPercent = used + free > 0 ? Percent(used, used + free) : null };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            why.Say($"the disk of {folder} does not answer: {e.Message}", "disk.total_bytes", "disk.free_bytes", "disk.used_percent");
            return new();
        }
    }

    private double? Rate(long? now, long? before) =>
        SinceLast is { } passed && now >= before ? Math.Round((now.Value - before.Value) / passed.TotalSeconds, 1) : null;

    private static double? Share((long Busy, long All)? now, (long Busy, long All)? before) =>
        now is { } n && before is { } b && n.All > b.All && n.Busy >= b.Busy ? Percent(n.Busy - b.Busy, n.All - b.All) : null;

    private static double Percent(double part, double whole) => Math.Round(100 * part / whole, 2);
}
