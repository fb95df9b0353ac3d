namespace Waggle.Transport;

/// <summary>How much one connection may send, on average; twice as much in a burst. 0 is no limit.</summary>
public sealed record InboundLimits
{
    public int FramesPerSecond { get; init; } = 100_000;

    /// <summary>As they come from the wire, framing included.</summary>
    public long BytesPerSecond { get; init; } = 64 * 1024 * 1024;
}
