namespace Waggle.Server.Insight;

/// <summary>What the operating system says at a moment: totals that grow, and levels. Null: it does not say, for the reason that was noted.</summary>
internal readonly record struct HostMetrics
{
    /// <summary>Ticks of all cores, whatever a tick is.</summary>
    public (long Busy, long All)? Cpu { get; init; }
    public long? MemoryTotal { get; init; }
    public long? MemoryAvailable { get; init; }
    public (long Received, long Sent)? Network { get; init; }
    public long? Resident { get; init; }
    public double? CpuLimit { get; init; }
    public long? MemoryLimit { get; init; }
    public long? MemoryLimitUsed { get; init; }
}

/// <summary>Asks an operating system how it stands.</summary>
internal interface IHostMetrics : IDisposable
{
    HostMetrics Read(Unmeasured why);
}
