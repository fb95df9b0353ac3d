using System.Diagnostics.Metrics;

namespace Waggle.Server.Telemetry;

/// <summary>
/// Selects the foreign instruments that the hub exposes: those about the process and its HTTP server. It is a list, so that the page that explains the metrics
/// (docs/metrics.md) does not change with the runtime.
/// </summary>
internal static class ForeignInstruments
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "dotnet.process.cpu.time", "dotnet.process.cpu.count", "dotnet.process.memory.working_set",
        "dotnet.gc.collections", "dotnet.gc.pause.time", "dotnet.gc.heap.total_allocated", "dotnet.gc.last_collection.heap.size",
        "dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length", "dotnet.monitor.lock_contentions", "dotnet.exceptions",
        "http.server.active_requests", "http.server.request.duration",
        "kestrel.active_connections", "kestrel.connection.duration", "kestrel.queued_connections", "kestrel.rejected_connections",
        "kestrel.upgraded_connections",
    };

    // The runtime declares them as counters, but they also fall.
    private static readonly HashSet<string> Falling = new(StringComparer.Ordinal) { "dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length" };

    public static bool IsForeign(Instrument instrument) =>
        instrument.Meter.Name == "System.Runtime" || instrument.Meter.Name.StartsWith("Microsoft.", StringComparison.Ordinal);

    public static bool IsServed(Instrument instrument) => Names.Contains(instrument.Name);

    public static bool Falls(Instrument instrument) => Falling.Contains(instrument.Name);
}
