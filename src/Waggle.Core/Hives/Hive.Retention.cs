using Waggle.Core.Agents;
using Waggle.Core.Insight;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    // Small enough that a command that arrives meanwhile hardly waits.
    private const int PruneSlice = 200;

    private static readonly string[] PrunedKinds = [TaskEntity.Entity.Name, AttemptEntity.Entity.Name, AgentEntity.Entity.Name, AgentSecret.Entity.Name, AlertEntity.Entity.Name];

    private DateTimeOffset _pruneAt;

    /// <summary>One slice of forgetting what is past its retention, when there is nothing else to do. True when there may be more.</summary>
    private async Task<bool> PruneAsync()
    {
        if (_now < _pruneAt) return false;
        try
        {
            foreach (var kind in PrunedKinds)
            {
                if (await _store.PruneEntitiesAsync(_tenure, kind, _now - Options.TaskRetention, PruneSlice, CancellationToken.None) == PruneSlice) return true;
            }

            if (await _store.PruneLogAsync(_tenure, _now - Options.LogRetention, PruneSlice, CancellationToken.None) == PruneSlice) return true;
            _metrics.Pruned(_time.GetTimestamp());
        }
        catch (StoreException e) when (e is not StoreFencedException)
        {
            LogPruneFailed(_log, Options.Hive, e);
        }

        _pruneAt = _now + Options.RetentionInterval;
        return false;
    }
}
