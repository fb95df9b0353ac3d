using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Workflows;

/// <summary>
/// Takes up the next stored steps of retried runs, some at a time, so that the retry of a run of any size does not hold up the loop. A run goes on when it has
/// all its steps.
/// </summary>
internal sealed record RestoreSteps : Command<NoResult>
{
    /// <summary>Steps, items and compensations in one decision.</summary>
    public const int Most = 500;

    private const int RunsAtOnce = 16;

    private readonly List<(string Run, string After, int Limit)> _asked = [];

    public override string Right => Permissions.WriteWorkflows;

    // A full store has no room for the steps, so the hive refuses the command and its timer fires again later.
    public override bool Creates => true;

    internal override void CollectRanges(IHiveView view, List<EntityRange> ranges)
    {
        _asked.Clear();
        var waiting = view.Workflows.ToRestore;
        var limit = Most / Math.Clamp(waiting.Count, 1, RunsAtOnce);
        foreach (var run in waiting.Take(RunsAtOnce))
        {
            if (run.Entity.Restored is not { } after) continue;
            _asked.Add((run.Entity.Id, after, limit));
            ranges.Add(StepEntity.RangeOf(run.Entity.Id, limit, after.Length == 0 ? null : after));
        }
    }

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        var records = new List<RecordData>();
        foreach (var (run, after, limit) in _asked)
        {
            if (view.OpenRun(run)?.Entity.Restored != after) continue;
            StepEntity[] steps =
            [
                .. view.Workflows.FetchedSteps(run).Where(s => string.CompareOrdinal(s.Id, after) > 0).OrderBy(s => s.Id, StringComparer.Ordinal),
            ];
            var damage = view.Workflows.DamagedStep(run) is { } damaged ? $"The stored step '{damaged}' is damaged." : null;
            records.Add(new StepsRestored(run, steps, steps.Length < limit ? null : steps[^1].Id, damage));
        }

        return Decision.OfRecords(records);
    }
}
