using System.Diagnostics.Metrics;

namespace Waggle.Server.Telemetry;

/// <summary>
/// What is served of the instruments that are not ours: those that say how the process and its HTTP server are. A list, so that the page that explains
/// the figures (docs/metrics.md) does not change with the runtime.
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

    // The runtime calls them counters, but they fall, too.
    private static readonly HashSet<string> Falling = new(StringComparer.Ordinal) { "dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length" };

    public static bool IsForeign(Instrument instrument) =>
        instrument.Meter.Name == "System.Runtime" || instrument.Meter.Name.StartsWith("Microsoft.", StringComparison.Ordinal);

    public static bool IsServed(Instrument instrument) => Names.Contains(instrument.Name);

    public static bool Falls(Instrument instrument) => Falling.Contains(instrument.Name);
}
