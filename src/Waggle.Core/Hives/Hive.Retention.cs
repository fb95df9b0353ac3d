using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    // Small enough that a command that arrives meanwhile hardly waits.
    private const int PruneSlice = 200;

    private DateTimeOffset _pruneAt;

    /// <summary>One slice of forgetting what is past its retention, when there is nothing else to do. True when there may be more.</summary>
    private async Task<bool> PruneAsync()
    {
        if (_now < _pruneAt) return false;
        try
        {
            foreach (var kind in Options.Features.SelectMany(f => f.Entities))
            {
                if (kind.Retention is { } kept && await _store.PruneEntitiesAsync(_tenure, kind.Name, _now - kept(Options), PruneSlice, CancellationToken.None) == PruneSlice) return true;
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
