namespace Waggle.Server.Insight;

/// <summary>Reads Linux's figures: /proc, and the limits of the process's cgroup if the system has version 2.</summary>
internal sealed class LinuxHostMetrics : IHostMetrics
{
    private const string Cgroups = "/sys/fs/cgroup";
    private const string NoCgroup = "no cgroup v2 with this limit";

    private readonly ProcFile _stat = new("/proc/stat", whole: false);
    private readonly ProcFile _meminfo = new("/proc/meminfo");
    private readonly ProcFile _network = new("/proc/net/dev");
    private readonly ProcFile _statm = new("/proc/self/statm");
    private readonly ProcFile? _cpuMax;
    private readonly ProcFile? _memoryMax;
    private readonly ProcFile? _memoryCurrent;
    private readonly ProcFile? _memoryStat;

    public LinuxHostMetrics(string cgroups = Cgroups, string cgroupFile = "/proc/self/cgroup")
    {
        var path = File.Exists(cgroupFile) ? ProcText.CgroupPath(File.ReadAllText(cgroupFile)) : null;
        _cpuMax = Limiting(cgroups, path, "cpu.max");
        _memoryMax = Limiting(cgroups, path, "memory.max");
        if (_memoryMax is null) return;
        var folder = Path.GetDirectoryName(_memoryMax.Path)!;
        _memoryCurrent = new ProcFile(Path.Combine(folder, "memory.current"));
        _memoryStat = new ProcFile(Path.Combine(folder, "memory.stat"));
    }

    public HostMetrics Read(Unmeasured why)
    {
        var limit = Try(_memoryMax, ProcText.Number, why, NoCgroup, "process.memory_limit_bytes", "process.memory_limit_used_percent");
        return new()
        {
            Cpu = Try(_stat, ProcText.Cpu, why, "", "host.cpu_percent"),
            MemoryTotal = Try(_meminfo, static t => ProcText.Memory(t, "MemTotal"u8), why, "", "host.memory_total_bytes", "host.memory_used_percent"),
            MemoryAvailable = Try(
                _meminfo, static t => ProcText.Memory(t, "MemAvailable"u8), why, "", "host.memory_available_bytes", "host.memory_used_percent"),
            Network = Try(_network, ProcText.Network, why, "", "host.network_received_bytes_per_second", "host.network_sent_bytes_per_second"),
            Resident = Try(_statm, ProcText.ResidentPages, why, "", "process.memory_resident_bytes") * Environment.SystemPageSize,
            CpuLimit = Try(_cpuMax, ProcText.Cores, why, NoCgroup, "process.cpu_limit_cores"),
            MemoryLimit = limit,
            MemoryLimitUsed = limit is null ? null : UsedOfLimit(why),
        };
    }

    public void Dispose()
    {
        foreach (var file in (ProcFile?[])[_stat, _meminfo, _network, _statm, _cpuMax, _memoryMax, _memoryCurrent, _memoryStat]) file?.Dispose();
    }

    // Returns the nearest cgroup that sets this limit, among the process's own and its parents.
    private static ProcFile? Limiting(string root, string? path, string file)
    {
        for (var at = path; at is not null; at = at.Length == 0 ? null : at[..at.LastIndexOf('/')])
        {
            var candidate = Path.Combine(root, at.TrimStart('/'), file);
            if (File.Exists(candidate) && !File.ReadAllText(candidate).StartsWith("max", StringComparison.Ordinal)) return new ProcFile(candidate);
        }

        return null;
    }

    // The system reclaims the inactive file cache before it applies the limit.
    private long? UsedOfLimit(Unmeasured why)
    {
        const string Metric = "process.memory_limit_used_percent";
        return Try(_memoryCurrent, ProcText.Number, why, "", Metric) - Try(_memoryStat, static t => ProcText.Stat(t, "inactive_file"u8), why, "", Metric);
    }

    private static T? Try<T>(ProcFile? file, Parse<T> parse, Unmeasured why, string missing, params ReadOnlySpan<string> metrics)
        where T : struct
    {
        if (file is null)
        {
            why.Say(missing, metrics);
            return null;
        }

        try
        {
            if (parse(file.Read()) is { } value) return value;
            why.Say($"{file.Path} says something else than is known of it", metrics);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why.Say($"{file.Path} cannot be read: {e.Message}", metrics);
        }

        return null;
    }

    private delegate T? Parse<T>(ReadOnlySpan<byte> text)
        where T : struct;
}
