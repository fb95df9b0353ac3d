using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Waggle.Delivery;

/// <summary>The figures of delivery; docs/metrics.md explains each. Plain counters that are read when somebody asks.</summary>
public sealed class DeliveryMetrics
{
    public const string MeterName = "Waggle.Delivery";

    private readonly ConcurrentDictionary<Connection, bool> _connections = [];
    private long _deliveries;
    private long _dropped;
    private long _gaps;
    private long _recovered;
    private long _lost;
    private long _slow;

    public DeliveryMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        meter.CreateObservableGauge("waggle.delivery.connections", () => _connections.Count, "{connection}", "Connections with a writer: clients that are here.");
        meter.CreateObservableCounter("waggle.delivery.records", () => Volatile.Read(ref _deliveries), "{record}", "Records put into an outbox, counted once for each connection.");
        meter.CreateObservableCounter("waggle.delivery.dropped", () => Volatile.Read(ref _dropped), "{record}", "Stream and latest records dropped because a client read too slowly.");
        meter.CreateObservableCounter("waggle.delivery.gaps", () => Volatile.Read(ref _gaps), "{notice}", "Gap notices sent; each tells a client what was dropped.");
        meter.CreateObservableCounter("waggle.delivery.resumes", ReadResumes, "{subscription}", "Subscriptions from a position, by result: recovered (all that was missed was sent) or lost.");
        meter.CreateObservableCounter("waggle.delivery.slow_consumers", () => Volatile.Read(ref _slow), "{episode}", "Times that a client read too slowly: from the first record dropped until it had caught up, or was sent away because it could not take what may not be dropped.");
        meter.CreateObservableGauge("waggle.delivery.outbox.depth", () => _connections.Keys.Sum(c => (long)c.Waiting), "{message}", "Messages that wait to be written, over all connections.");
        meter.CreateObservableGauge("waggle.delivery.outbox.size", () => _connections.Keys.Sum(c => c.WaitingBytes), "By", "Bytes that wait to be written, over all connections.");
        meter.CreateObservableGauge("waggle.delivery.outbox.deepest", () => _connections.Keys.Select(c => c.Waiting).DefaultIfEmpty().Max(), "{message}", "Messages that wait for the slowest client.");
    }

    /// <summary>For a delivery whose figures nobody reads; under another name, so that no exporter takes them for a hub's.</summary>
    public static DeliveryMetrics Unread { get; } = new(new Meter("Waggle.Unread"));

    internal void Started(Connection connection) => _connections.TryAdd(connection, true);

    internal void Ended(Connection connection) => _connections.TryRemove(connection, out _);

    internal void Delivered(long connections) => Interlocked.Add(ref _deliveries, connections);

    internal void Dropped(bool first)
    {
        Interlocked.Increment(ref _dropped);
        if (first) Slow();
    }

    internal void GapTold() => Interlocked.Increment(ref _gaps);

    internal void Resumed(bool recovered) => Interlocked.Increment(ref recovered ? ref _recovered : ref _lost);

    internal void Slow() => Interlocked.Increment(ref _slow);

    private IEnumerable<Measurement<long>> ReadResumes() =>
    [
        new(Volatile.Read(ref _recovered), new KeyValuePair<string, object?>("result", "recovered")),
        new(Volatile.Read(ref _lost), new KeyValuePair<string, object?>("result", "lost")),
    ];
}
