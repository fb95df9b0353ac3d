using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Tasks;

namespace Waggle.Core.Purges;

/// <summary>The figures of purges. The owner's loop writes them; any thread may read them.</summary>
internal sealed class PurgeMetrics
{
    private long _open;
    private long _tasks;

    private PurgeMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.purges", () => Volatile.Read(ref _open), "{purge}", "Purges that have not ended.");
        meter.CreateObservableCounter("waggle.purges.tasks", () => Volatile.Read(ref _tasks), "{task}", "Tasks whose payload purges erased.");
    }

    public static PurgeMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new PurgeMetrics(metrics.Instruments));

    public void Report(in TurnReport turn, int open)
    {
        Volatile.Write(ref _open, open);
        foreach (var (data, _) in turn.Batch)
        {
            if (data is TaskPurged) Volatile.Write(ref _tasks, _tasks + 1);
        }
    }
}
