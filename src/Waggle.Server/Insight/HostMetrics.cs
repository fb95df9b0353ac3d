namespace Waggle.Server.Insight;

/// <summary>
/// The operating system's figures at one moment: totals that grow, and levels. A null figure is not available, for the reason that was noted.
/// </summary>
internal readonly record struct HostMetrics
{
    /// <summary>The ticks of all cores, in any unit.</summary>
    public (long Busy, long All)? Cpu { get; init; }
    public long? MemoryTotal { get; init; }
    public long? MemoryAvailable { get; init; }
    public (long Received, long Sent)? Network { get; init; }
    public long? Resident { get; init; }
    public double? CpuLimit { get; init; }
    public long? MemoryLimit { get; init; }
    public long? MemoryLimitUsed { get; init; }
}

/// <summary>Reads the figures of an operating system.</summary>
internal interface IHostMetrics : IDisposable
{
    HostMetrics Read(Unmeasured why);
}
