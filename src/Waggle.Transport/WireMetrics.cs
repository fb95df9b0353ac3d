using System.Diagnostics.Metrics;

namespace Waggle.Transport;

/// <summary>What the wires carried, all of them together. Counted per message, read when somebody asks.</summary>
public sealed class WireMetrics
{
    public const string MeterName = "Waggle.Transport";

    private long _messagesIn;
    private long _messagesOut;
    private long _bytesIn;
    private long _bytesOut;

    public WireMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        meter.CreateObservableCounter("waggle.wire.messages.in", () => Volatile.Read(ref _messagesIn), "{message}", "WebSocket messages received.");
        meter.CreateObservableCounter("waggle.wire.messages.out", () => Volatile.Read(ref _messagesOut), "{message}", "WebSocket messages sent; one may hold many of the protocol's.");
        meter.CreateObservableCounter("waggle.wire.received", () => Volatile.Read(ref _bytesIn), "By", "Bytes of the messages received, without framing.");
        meter.CreateObservableCounter("waggle.wire.sent", () => Volatile.Read(ref _bytesOut), "By", "Bytes of the messages sent, without framing.");
    }

    public void Received(int bytes)
    {
        Interlocked.Increment(ref _messagesIn);
        Interlocked.Add(ref _bytesIn, bytes);
    }

    public void Sent(int bytes)
    {
        Interlocked.Increment(ref _messagesOut);
        Interlocked.Add(ref _bytesOut, bytes);
    }
}
