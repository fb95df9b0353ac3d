using Microsoft.Extensions.Logging;
using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>Deletes entities and log rows past their retention, in slices between turns. Only the owner's loop uses it.</summary>
internal sealed partial class Retention(HiveParts parts, HiveEngine engine)
{
    // The slice is small, so that a command that arrives meanwhile hardly waits.
    private const int Slice = 200;

    // A clock that is wrong by years for a moment must not delete everything.
    private static readonly TimeSpan PauseAfterJump = TimeSpan.FromHours(1);

    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Whether deletion is overdue. Under constant load the loop is never idle, so it deletes between turns once an interval has passed.</summary>
    public bool IsOverdue(DateTimeOffset now) => now >= DueAt + parts.Options.RetentionInterval;

    /// <summary>Postpones deletion after the hive's time jumped forward to this time.</summary>
    public void Postpone(DateTimeOffset now)
    {
        if (DueAt < now + PauseAfterJump) DueAt = now + PauseAfterJump;
    }

    /// <summary>Deletes one slice. Returns true if more may be left.</summary>
    public async Task<bool> PruneAsync(Tenure tenure, DateTimeOffset now)
    {
        if (now < DueAt) return false;
        var options = parts.Options;
        try
        {
            foreach (var kind in Features.Of(options).SelectMany(f => f.Entities))
            {
                if (engine.State.KeptSince(kind, now) is not { } since) continue;
                if (await parts.Store.PruneEntitiesAsync(tenure, kind.Name, since, Slice, CancellationToken.None) == Slice) return true;
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
