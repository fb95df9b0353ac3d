using System.Diagnostics.Metrics;

namespace Waggle.Transport;

/// <summary>The traffic of all wires together. It counts once for each read and each write; observers read the totals.</summary>
public sealed class WireMetrics
{
    public const string MeterName = "Waggle.Transport";

    private long _messagesIn;
    private long _messagesOut;
    private long _bytesIn;
    private long _bytesOut;
    private long _writes;
    private long _pauses;
    private long _limited;

    public WireMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        meter.CreateObservableCounter("waggle.wire.messages.in", () => Volatile.Read(ref _messagesIn), "{message}", "WebSocket messages received.");
        meter.CreateObservableCounter(
            "waggle.wire.messages.out", () => Volatile.Read(ref _messagesOut), "{message}", "WebSocket messages sent; one may hold many of the protocol's.");
        meter.CreateObservableCounter("waggle.wire.received", () => Volatile.Read(ref _bytesIn), "By", "Bytes received from WebSockets, framing included.");
        meter.CreateObservableCounter(
            "waggle.wire.sent", () => Volatile.Read(ref _bytesOut), "By", "Bytes sent to WebSockets and event streams, framing included.");
        meter.CreateObservableCounter(
            "waggle.wire.writes", () => Volatile.Read(ref _writes), "{write}", "Writes that sent these bytes; fewer writes per message mean better batching.");
        meter.CreateObservableCounter("waggle.wire.pauses", () =>
            Volatile.Read(ref _pauses), "{pause}", "Times that a client exceeded its inbound budget and reading from it was paused.");
        meter.CreateObservableCounter("waggle.wire.limited", () =>
            Volatile.Read(ref _limited), "{message}", "Messages of WebSockets that were refused because their client exceeded its rate limit.");
    }

    public void Received(int messages, long bytes)
    {
        if (messages > 0) Interlocked.Add(ref _messagesIn, messages);
        Interlocked.Add(ref _bytesIn, bytes);
    }

    /// <summary>Counts one write.</summary>
    public void Sent(int messages, int bytes)
    {
        Interlocked.Increment(ref _writes);
        Interlocked.Add(ref _messagesOut, messages);
        Interlocked.Add(ref _bytesOut, bytes);
    }

    public void Paused() => Interlocked.Increment(ref _pauses);

    public void Limited() => Interlocked.Increment(ref _limited);
}
