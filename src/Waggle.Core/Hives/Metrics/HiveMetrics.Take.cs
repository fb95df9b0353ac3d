using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives.Metrics;

public sealed partial class HiveMetrics
{
    private static readonly string[] Badly = [AttemptOutcomes.Failed, AttemptOutcomes.Timeout, AttemptOutcomes.Lost];

    private readonly Durations _turns = new();
    private readonly Durations _commits = new();
    private long _turnBegan;
    private long _prunedAt;

    /// <summary>The figures of the hub's own readings. One taker: the longest times begin anew with each.</summary>
    public HiveFigures Take(TimeProvider time)
    {
        var bad = Badly.Sum(_attempts.Count);
        var longest = _turns.TakeLongest();
        if (Volatile.Read(ref _turnBegan) is not 0 and var began && time.GetElapsedTime(began) is var running && running > longest) longest = running;
        return new(
            _ended.Count(TaskState.Completed),
            bad + _attempts.Count(AttemptOutcomes.Completed),
            bad,
            _turns.Count,
            _turns.Total,
            longest,
            _commits.Count,
            _commits.Total,
            _commits.TakeLongest(),
            Read(ref _failedCommits),
            _inbox(),
            Volatile.Read(ref _prunedAt) is not 0 and var pruned ? pruned : null);
    }
}
