using System.Diagnostics.Metrics;
using Waggle.Core.Kernel.Metrics;

namespace Waggle.Core.Memory;

/// <summary>The figures of shared memory. The loop writes all but the reads, which queries count on any thread.</summary>
internal sealed class MemoryMetrics
{
    private long _entries;
    private long _bytes;
    private long _puts;
    private long _deleted;
    private long _expired;
    private long _found;
    private long _missing;

    private MemoryMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.memory.entries", () => Volatile.Read(ref _entries), "{entry}", "Memory entries that are stored.");
        meter.CreateObservableGauge("waggle.memory.bytes", () => Volatile.Read(ref _bytes), "By", "Bytes of the values of all memory entries.");
        meter.CreateObservableCounter("waggle.memory.puts", () => Volatile.Read(ref _puts), "{entry}", "Memory entries that were put.");
        meter.CreateObservableCounter("waggle.memory.deletions", () => Volatile.Read(ref _deleted), "{entry}", "Memory entries that were deleted.");
        meter.CreateObservableCounter("waggle.memory.expiries", () => Volatile.Read(ref _expired), "{entry}", "Memory entries whose time was over.");
        meter.CreateObservableCounter("waggle.memory.gets", ReadGets, "{read}", "Reads of one memory entry, by whether it was found.");
    }

    public static MemoryMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new MemoryMetrics(metrics.Instruments));

    public void Has(long entries, long bytes)
    {
        Volatile.Write(ref _entries, entries);
        Volatile.Write(ref _bytes, bytes);
    }

    public void Put() => Volatile.Write(ref _puts, _puts + 1);

    public void Deleted() => Volatile.Write(ref _deleted, _deleted + 1);

    public void Expired() => Volatile.Write(ref _expired, _expired + 1);

    public void Got(bool found)
    {
        if (found) Interlocked.Increment(ref _found);
        else Interlocked.Increment(ref _missing);
    }

    private IEnumerable<Measurement<long>> ReadGets() =>
    [
        new(Volatile.Read(ref _found), new KeyValuePair<string, object?>("found", "true")),
        new(Volatile.Read(ref _missing), new KeyValuePair<string, object?>("found", "false")),
    ];
}
