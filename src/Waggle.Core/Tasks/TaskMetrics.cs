using System.Diagnostics.Metrics;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Tasks;

/// <summary>The figures of tasks and attempts; docs/metrics.md explains each. The owner's loop writes, any thread reads.</summary>
internal sealed class TaskMetrics
{
    private static readonly double[] Waits = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

    private readonly TaggedCounter<string> _attempts = new(outcome => [new("outcome", outcome)]);
    private readonly TaggedCounter<TaskState> _ended = new(state => [new("state", TaskColumns.Name(state))]);
    private readonly long[] _open = new long[Enum.GetValues<TaskState>().Length];
    private readonly WorkTotals _totals;
    private readonly Histogram<double>? _wait;
    private int _agents;
    private int _limited;
    private long _created;
    private long _assigned;
    private long _retries;
    private long _deadLetters;
    private long _orphans;

    public TaskMetrics(HiveMetrics hive)
    {
        _totals = hive.Work;
        if (hive.Instruments is not { } meter) return;
        _wait = meter.CreateHistogram("waggle.task.dispatch.wait", "s", "Time from a task's last becoming pending to its assignment.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Waits });
        meter.CreateObservableGauge("waggle.agent.online", () => Volatile.Read(ref _agents), "{agent}", "Agents that are online.");
        meter.CreateObservableGauge("waggle.task.open", ReadOpen, "{task}", "Tasks that have not ended, by state.");
        meter.CreateObservableGauge("waggle.task.limited", () => Volatile.Read(ref _limited), "{task}",
            "Pending tasks that a reached limit keeps from being assigned.");
        meter.CreateObservableCounter("waggle.task.created", () => Volatile.Read(ref _created), "{task}", "Tasks created.");
        meter.CreateObservableCounter("waggle.task.assigned", () => Volatile.Read(ref _assigned), "{attempt}", "Assignments made; each begins an attempt.");
        meter.CreateObservableCounter("waggle.task.ended", _ended.Read, "{task}", "Tasks that ended, by their last state.");
        meter.CreateObservableCounter("waggle.task.attempts.ended", _attempts.Read, "{attempt}",
            "Attempts that ended, by outcome: completed, failed, lost, refused, timeout and others.");
        meter.CreateObservableCounter("waggle.task.retries", () => Volatile.Read(ref _retries), "{attempt}", "Retries scheduled after a failed attempt.");
        meter.CreateObservableCounter("waggle.task.dead_letters", () => Volatile.Read(ref _deadLetters), "{task}", "Tasks that are dead letters.");
        meter.CreateObservableCounter("waggle.task.orphan_results", () => Volatile.Read(ref _orphans), "{result}",
            "Results that arrived too late to be applied.");
    }

    /// <param name="open">Open tasks of all swarms, indexed by state.</param>
    /// <param name="limited">The pending tasks that a reached limit keeps from being assigned.</param>
    public void Opened(ReadOnlySpan<long> open, int agents, int limited)
    {
        open.CopyTo(_open);
        Volatile.Write(ref _limited, limited);
        Volatile.Write(ref _agents, agents);
    }

    public void Waited(TimeSpan wait) => _wait?.Record(wait.TotalSeconds);

    public void Happened(RecordData data)
    {
        if (data is not TaskRecord record || data.Class != RecordClass.Durable) return;
        if (record.State.IsTerminal() && record is not (TaskOrphanResult or TaskUsed))
        {
            _ended.Add(record.State);
            if (record.State == TaskState.Completed) _totals.TaskCompleted();
        }

        switch (record)
        {
            case TaskCreated: _created++; break;
            case TaskAssigned: _assigned++; break;
            case TaskOrphanResult: _orphans++; break;
            case TaskRetryScheduled: _retries++; break;
            case TaskFailed { DeadLetter: true }: _deadLetters++; break;
        }

        if (TaskEvolver.EndOf(record) is { } end) Ended(end.Outcome);
    }

    private void Ended(string outcome)
    {
        _attempts.Add(outcome);
        switch (outcome)
        {
            case AttemptOutcomes.Completed: _totals.AttemptEnded(badly: false); break;
            case AttemptOutcomes.Failed or AttemptOutcomes.Timeout or AttemptOutcomes.Lost: _totals.AttemptEnded(badly: true); break;
        }
    }

    private IEnumerable<Measurement<long>> ReadOpen()
    {
        for (var state = TaskState.Blocked; !state.IsTerminal(); state++)
            yield return new(Volatile.Read(ref _open[(int)state]), new KeyValuePair<string, object?>("state", TaskColumns.Name(state)));
    }
}
