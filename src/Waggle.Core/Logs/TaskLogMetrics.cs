using System.Diagnostics.Metrics;
using Waggle.Core.Kernel.Metrics;

namespace Waggle.Core.Logs;

/// <summary>The figures of stored log lines. The loop writes them.</summary>
internal sealed class TaskLogMetrics
{
    private long _bytes;
    private long _stored;
    private long _dropped;

    private TaskLogMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.task_log.bytes", () => Volatile.Read(ref _bytes), "By", "Bytes of the stored log lines of tasks.");
        meter.CreateObservableCounter("waggle.task_log.lines", () => Volatile.Read(ref _stored), "{line}", "Log lines of tasks that were stored.");
        meter.CreateObservableCounter(
            "waggle.task_log.dropped", () => Volatile.Read(ref _dropped), "{line}",
            "Log lines of tasks that were deleted by retention or a quota, or not stored because there was no room.");
    }

    public static TaskLogMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new TaskLogMetrics(metrics.Instruments));

    public void Report(long bytes, long stored, long dropped)
    {
        Volatile.Write(ref _bytes, bytes);
        if (stored > 0) Volatile.Write(ref _stored, _stored + stored);
        if (dropped > 0) Volatile.Write(ref _dropped, _dropped + dropped);
    }
}
