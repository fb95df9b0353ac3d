using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Waggle.Transport;

namespace Waggle.Delivery;

/// <summary>The metrics of delivery, which docs/metrics.md explains. Most are plain counters that are read only at a collection. Thread-safe.</summary>
public sealed class DeliveryMetrics
{
    public const string MeterName = "Waggle.Delivery";

    private static readonly InstrumentAdvice<double> Advice = new()
    {
        HistogramBucketBoundaries = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    };

    private readonly ConcurrentDictionary<Connection, bool> _connections = [];
    private readonly WireMetrics? _wires;
    private readonly Histogram<double> _batch;
    private readonly Histogram<double> _latency;
    private Func<int> _backlog = () => 0;
    private long _deliveries;
    private long _dropped;
    private long _gaps;
    private long _recovered;
    private long _lost;
    private long _slow;

    /// <summary>Registers the instruments with a meter.</summary>
    /// <param name="wires">Also counts the frames and bytes that are sent; null for no such count.</param>
    public DeliveryMetrics(Meter meter, WireMetrics? wires = null)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _wires = wires;
        _batch = meter.CreateHistogram("waggle.delivery.batch.duration", "s",
            "Time of one flush of the delivery loop: encoding, queueing and writing the batches that leave together.", null, Advice);
        _latency = meter.CreateHistogram("waggle.delivery.latency", "s",
            "Time from the commit of a batch until its records were written to the clients that keep up, measured once per batch.", null, Advice);
        meter.CreateObservableGauge("waggle.delivery.backlog", () => _backlog(), "{item}", "Batches and subscriptions that wait for the delivery loop.");
        meter.CreateObservableGauge("waggle.delivery.connections", () => _connections.Count, "{connection}", "Connections with a writer: connected clients.");
        meter.CreateObservableCounter("waggle.delivery.records", () => Volatile.Read(ref _deliveries), "{record}",
            "Records put into an outbox, counted once per connection.");
        meter.CreateObservableCounter("waggle.delivery.dropped", () => Volatile.Read(ref _dropped), "{record}",
            "Stream and latest records dropped because a client read too slowly.");
        meter.CreateObservableCounter("waggle.delivery.gaps", () => Volatile.Read(ref _gaps), "{notice}",
            "Gap notices sent; each names the range that was dropped.");
        meter.CreateObservableCounter("waggle.delivery.resumes", ReadResumes, "{subscription}",
            "Subscriptions from a position, by result: recovered (all that was missed was sent) or lost.");
        meter.CreateObservableCounter("waggle.delivery.slow_consumers", () => Volatile.Read(ref _slow), "{episode}",
            "Episodes of a slow client: from the first dropped record until the client caught up or was disconnected.");
        meter.CreateObservableGauge("waggle.delivery.outbox.depth", () => _connections.Keys.Sum(c => (long)c.Waiting), "{message}",
            "Messages that wait to be written, over all connections.");
        meter.CreateObservableGauge("waggle.delivery.outbox.size", () => _connections.Keys.Sum(c => c.WaitingBytes), "By",
            "Bytes that wait to be written, over all connections.");
        meter.CreateObservableGauge("waggle.delivery.outbox.deepest", () => _connections.Keys.Select(c => c.Waiting).DefaultIfEmpty().Max(), "{message}",
            "Messages that wait for the slowest client.");
    }

    /// <summary>Gets metrics for a delivery whose figures are not read. Their meter has another name, so that no exporter reports them as a hub's.</summary>
    public static DeliveryMetrics Unread { get; } = new(new Meter("Waggle.Unread"));

    /// <summary>Gets the number of batches and subscriptions that wait for the delivery loop.</summary>
    public int Backlog => _backlog();

    /// <summary>Returns the number of messages and bytes that wait to be written, over all connections.</summary>
    public (long Messages, long Bytes) Waiting()
    {
        long messages = 0, bytes = 0;
        foreach (var (connection, _) in _connections)
        {
            messages += connection.Waiting;
            bytes += connection.WaitingBytes;
        }

        return (messages, bytes);
    }

    internal void Started(Connection connection) => _connections.TryAdd(connection, true);

    internal void Ended(Connection connection) => _connections.TryRemove(connection, out _);

    internal void Delivered(long connections) => Interlocked.Add(ref _deliveries, connections);

    internal void Watch(Func<int> backlog) => _backlog = backlog;

    internal void BatchDelivered(TimeSpan took) => _batch.Record(took.TotalSeconds);

    internal void RecordDelivered(TimeSpan sinceCommit) => _latency.Record(sinceCommit.TotalSeconds);

    internal void Sent(int frames, int bytes) => _wires?.Sent(frames, bytes);

    internal void Dropped(bool first)
    {
        Interlocked.Increment(ref _dropped);
        if (first) Slow();
    }

    internal void GapSent() => Interlocked.Increment(ref _gaps);

    internal void Resumed(bool recovered) => Interlocked.Increment(ref recovered ? ref _recovered : ref _lost);

    internal void Slow() => Interlocked.Increment(ref _slow);

    private IEnumerable<Measurement<long>> ReadResumes() =>
    [
        new(Volatile.Read(ref _recovered), new KeyValuePair<string, object?>("result", "recovered")),
        new(Volatile.Read(ref _lost), new KeyValuePair<string, object?>("result", "lost")),
    ];
}
