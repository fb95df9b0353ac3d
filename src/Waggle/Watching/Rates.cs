using Waggle.Client;

namespace Waggle.Watching;

/// <summary>Tasks created, completed and failed a second, counted from their records.</summary>
internal sealed class Rates(TimeSpan window, TimeProvider time)
{
    public static readonly string[] Patterns = ["task.*.created", "task.*.completed", "task.*.failed"];

    private readonly RateWindow _created = new(window, time);
    private readonly RateWindow _completed = new(window, time);
    private readonly RateWindow _failed = new(window, time);

    private volatile bool _stopped;

    public double? Created => _stopped ? null : _created.PerSecond();

    public double? Completed => _stopped ? null : _completed.PerSecond();

    public double? Failed => _stopped ? null : _failed.PerSecond();

    /// <summary>Makes all rates unknown, because the observer has ended.</summary>
    public void Stop() => _stopped = true;

    public void See(Observation observation)
    {
        if (observation is NotRecovered)
        {
            _created.Reset();
            _completed.Reset();
            _failed.Reset();
        }
        else if (observation is RecordObserved { Snapshot: false, Record.Kind: var kind })
        {
            if (kind == "task_created") _created.Add();
            else if (kind == "task_completed") _completed.Add();
            else if (kind == "task_failed") _failed.Add();
        }
    }
}
