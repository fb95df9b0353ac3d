using Microsoft.Extensions.Logging;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>Deletes what is past its retention, in slices between turns. Used by the owner's loop alone.</summary>
internal sealed partial class Retention(HiveParts parts)
{
    // Small enough that a command that arrives meanwhile hardly waits.
    private const int Slice = 200;

    // A clock that is wrong by years for a moment must not delete everything.
    private static readonly TimeSpan PauseAfterJump = TimeSpan.FromHours(1);

    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Under constant load nothing is ever idle: what is due for an interval is then done in between.</summary>
    public bool IsOverdue(DateTimeOffset now) => now >= DueAt + parts.Options.RetentionInterval;

    /// <summary>The hive's time jumped forward to this.</summary>
    public void Postpone(DateTimeOffset now)
    {
        if (DueAt < now + PauseAfterJump) DueAt = now + PauseAfterJump;
    }

    /// <summary>One slice. True when there may be more.</summary>
    public async Task<bool> PruneAsync(Tenure tenure, DateTimeOffset now)
    {
        if (now < DueAt) return false;
        var options = parts.Options;
        try
        {
            foreach (var kind in options.Features.SelectMany(f => f.Entities))
            {
                if (kind.Retention is not { } kept) continue;
                if (await parts.Store.PruneEntitiesAsync(tenure, kind.Name, now - kept(options), Slice, CancellationToken.None) == Slice) return true;
            }

            if (await parts.Store.PruneLogAsync(tenure, now - options.LogRetention, Slice, CancellationToken.None) == Slice) return true;
            parts.Metrics.Pruned(parts.Time.GetTimestamp());
        }
        catch (StoreException e) when (e is not StoreFencedException)
        {
            LogPruneFailed(parts.Log, options.Hive, e);
        }

        DueAt = now + options.RetentionInterval;
        return false;
    }

    [LoggerMessage(10, LogLevel.Warning, "Retention could not delete expired data of hive '{Hive}'; retrying.")]
    private static partial void LogPruneFailed(ILogger logger, string hive, Exception e);
}
