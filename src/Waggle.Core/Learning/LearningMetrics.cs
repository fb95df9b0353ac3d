using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;

namespace Waggle.Core.Learning;

/// <summary>The figures of the learning; docs/metrics.md explains each. The owner's loop writes, any thread reads.</summary>
internal sealed class LearningMetrics
{
    private readonly TaggedCounter<Evidence> _outcomes = new(
        e => [new("outcome", e.Success ? "success" : "failure"), new("checked", e.Checked ? "true" : "false")]);

    private long _drawn;
    private long _changes;

    public LearningMetrics(HiveMetrics hive)
    {
        if (hive.Instruments is not { } meter) return;
        meter.CreateObservableCounter("waggle.learning.outcomes", _outcomes.Read, "{outcome}", "Outcomes that counted for a proficiency, by result and check.");
        meter.CreateObservableCounter("waggle.learning.draws", () => Volatile.Read(ref _drawn), "{draw}", "Draws of proficiencies for the matcher.");
        meter.CreateObservableCounter("waggle.learning.changes", () => Volatile.Read(ref _changes), "{change}", "Changes of proficiencies that were recorded.");
    }

    public void Drawn() => Interlocked.Increment(ref _drawn);

    /// <param name="counted">The outcomes of the turn that counted.</param>
    public void Happened(in TurnReport turn, IReadOnlyList<Evidence> counted)
    {
        foreach (var evidence in counted) _outcomes.Add(evidence);
        foreach (var (data, _) in turn.Batch)
        {
            if (data is ProficiencyChanged) Interlocked.Increment(ref _changes);
        }
    }
}
