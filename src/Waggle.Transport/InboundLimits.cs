namespace Waggle.Transport;

/// <summary>The limits of one connection's input, as averages; a burst may be twice as large. 0 sets no limit.</summary>
public sealed record InboundLimits
{
    public int FramesPerSecond { get; init; } = 100_000;

    /// <summary>The bytes per second on the wire, framing included.</summary>
    public long BytesPerSecond { get; init; } = 64 * 1024 * 1024;
}
