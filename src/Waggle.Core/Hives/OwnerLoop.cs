using Waggle.Core.Ports;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>
/// The one thread of a hive. It takes all queued commands and due timers, runs a <see cref="HiveTurn"/> over them, and sleeps until more arrive. It adds no
/// delay: a batch is what arrived during the last commit.
/// </summary>
internal sealed partial class OwnerLoop(HiveParts parts, HiveEngine engine, Inbox inbox, Committer committer, HiveTime time, Answers answers)
{
    // The longest sleep, regardless of the time of the next timer. A platform timer has a limit, so the loop checks a more distant timer again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly List<InboxItem> _items = [];
    private readonly Retention _retention = new(parts, engine);

    public async Task RunAsync(CancellationToken stopping)
    {
        var turn = new HiveTurn(parts, engine, committer, time, answers, _items);
        try
        {
            await parts.Sink.PublishAsync(new SealedBatch(committer.Head, []));
            do await turn.RunAsync(stopping);
            while (await TakeAsync(turn, stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The hive was stopped while it waited for a store that fails.
        }
        catch (StoreFencedException e)
        {
            LogFenced(parts.Log, parts.Options.Hive, e);
            throw;
        }
        catch (Exception e)
        {
            LogLoopDied(parts.Log, parts.Options.Hive, e);
            throw;
        }
        finally
        {
            _items.AddRange(inbox.Drain());
            foreach (var item in _items) answers.Unavailable(item, Hive.Stopping, committer.Head);
        }
    }

    /// <summary>Waits for a command or a timer and takes all that are due. Returns false when the hive ends.</summary>
    private async Task<bool> TakeAsync(HiveTurn turn, CancellationToken stopping)
    {
        while (true)
        {
            inbox.Take(_items, parts.Options.MaxBatch);
            if (time.Read()) _retention.Postpone(time.Now);
            if (time.Now >= turn.TimersFrom)
            {
                // A turn of its own tests whether the store accepts commits again. Until then no timer fires.
                if (committer.IsFailing) return true;
                TakeTimers();
            }

            if (_items.Count > 0)
            {
                if (_retention.IsOverdue(time.Now)) await _retention.PruneAsync(committer.Tenure, time.Now);
                return true;
            }

            if (stopping.IsCancellationRequested) return false;
            if (await _retention.PruneAsync(committer.Tenure, time.Now)) continue;
            await SleepAsync(turn, stopping);
        }
    }

    // Waiting renewals come before the timers. Timers have room of their own, so that an endless stream of commands does not keep leases alive.
    private void TakeTimers()
    {
        for (var room = parts.Options.MaxBatch; room > 0 && engine.State.Timers.TryTake(time.Now, out var key); room--)
            _items.Add(new InboxItem(engine.TimerCommand(key), null, null));
    }

    private async Task SleepAsync(HiveTurn turn, CancellationToken stopping)
    {
        var due = committer.IsFailing ? turn.TimersFrom - time.Now
            : engine.State.Timers.NextDue is { } next ? (next > turn.TimersFrom ? next : turn.TimersFrom) - time.Now
            : LongestSleep;
        var prune = _retention.DueAt - time.Now;
        var sleep = due < prune ? due : prune;
        if (sleep <= TimeSpan.Zero) return;
        if (sleep > LongestSleep) sleep = LongestSleep;
        if (sleep > HiveTime.ListenBeat && engine.State.AwaitsReports) sleep = HiveTime.ListenBeat;
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(inbox.ArrivalAsync(), Task.Delay(sleep, parts.Time, awake.Token));
        await awake.CancelAsync();
    }
}
