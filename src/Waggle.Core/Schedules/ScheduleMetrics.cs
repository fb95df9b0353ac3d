using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Protocol.Json;

namespace Waggle.Core.Schedules;

/// <summary>The figures of schedules. The owner's loop writes them; any thread may read them.</summary>
internal sealed class ScheduleMetrics
{
    private static readonly SkipReason[] Reasons = Enum.GetValues<SkipReason>();

    private readonly long[] _skipped = new long[Reasons.Length];
    private long _open;
    private long _runs;

    private ScheduleMetrics(Meter? meter)
    {
        if (meter is null) return;
        meter.CreateObservableGauge("waggle.schedules", () => Volatile.Read(ref _open), "{schedule}", "Schedules that have not ended.");
        meter.CreateObservableCounter("waggle.schedules.runs", () => Volatile.Read(ref _runs), "{run}", "Tasks that schedules created.");
        meter.CreateObservableCounter("waggle.schedules.skipped", ReadSkipped, "{run}", "Due runs without a task, by reason.");
    }

    public static ScheduleMetrics Of(HiveMetrics hive) => hive.Of(static metrics => new ScheduleMetrics(metrics.Instruments));

    public void Report(in TurnReport turn, int open)
    {
        Volatile.Write(ref _open, open);
        foreach (var (data, _) in turn.Batch)
        {
            switch (data)
            {
                case ScheduleRan: Volatile.Write(ref _runs, _runs + 1); break;
                case ScheduleSkipped skipped: Volatile.Write(ref _skipped[(int)skipped.Reason], _skipped[(int)skipped.Reason] + skipped.Count); break;
            }
        }
    }

    private Measurement<long>[] ReadSkipped() => [.. Reasons.Select(ReadSkipped)];

    private Measurement<long> ReadSkipped(SkipReason reason) =>
        new(Volatile.Read(ref _skipped[(int)reason]), new KeyValuePair<string, object?>("reason", SnakeCase.Of(reason)));
}
