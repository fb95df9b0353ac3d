using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Insight;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    // Small enough that a command that arrives meanwhile hardly waits.
    private const int PruneSlice = 200;

    private static readonly (string Kind, Func<HiveOptions, TimeSpan> Kept)[] PrunedKinds =
    [
        (TaskEntity.Entity.Name, o => o.TaskRetention),
        (AttemptEntity.Entity.Name, o => o.TaskRetention),
        (AgentEntity.Entity.Name, o => o.TaskRetention),
        (AgentSecret.Entity.Name, o => o.TaskRetention),
        (AlertEntity.Entity.Name, o => o.TaskRetention),
        (ConversationEntity.Entity.Name, o => o.ChatRetention),
        (ChatMessageEntity.Entity.Name, o => o.ChatRetention),
        (NotificationEntity.Entity.Name, o => o.NotificationRetention),
        (SeenEntity.Entity.Name, o => o.NotificationRetention),
    ];

    private DateTimeOffset _pruneAt;

    /// <summary>One slice of forgetting what is past its retention, when there is nothing else to do. True when there may be more.</summary>
    private async Task<bool> PruneAsync()
    {
        if (_now < _pruneAt) return false;
        try
        {
            foreach (var (kind, kept) in PrunedKinds)
            {
                if (await _store.PruneEntitiesAsync(_tenure, kind, _now - kept(Options), PruneSlice, CancellationToken.None) == PruneSlice) return true;
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
