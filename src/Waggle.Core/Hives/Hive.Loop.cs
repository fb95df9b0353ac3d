using Waggle.Core.Ports;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    // Longest sleep, whatever the next timer says: a timer further away than a platform timer reaches is looked at again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    // A batch is one row of the log: it stays far below what a database takes in one value.
    private const int MaxBatchBytes = 16 * 1024 * 1024;

    // Commands of this size and more have their own, smaller bound in the inbox: 256 of at most 1 MiB each.
    private const int LargeCommand = 16 * 1024;
    private const int MaxLargeCommands = 256;

    private readonly SemaphoreSlim _largeCommands = new(MaxLargeCommands);
    private readonly List<(Item Item, Outcome Outcome)> _outcomes = [];
    private readonly List<Item> _items = [];
    private DateTimeOffset _now;
    private DateTimeOffset _timersFrom;
    private Task<bool>? _arrival;

    private async Task RunAsync()
    {
        try
        {
            await _sink.PublishAsync(new SealedBatch(Head, []));
            do await TurnAsync();
            while (await TakeAsync());
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped while it waited for a store that fails.
        }
        catch (StoreFencedException e)
        {
            LogFenced(_log, Options.Hive, e);
            throw;
        }
        catch (Exception e)
        {
            LogLoopDied(_log, Options.Hive, e);
            throw;
        }
        finally
        {
            _inbox.Writer.TryComplete();
            _largeCommands.Release(Options.InboxCapacity);
            foreach (var item in _items) Answer(item, Unavailable("The hub is stopping."));
            while (_inbox.Reader.TryRead(out var item)) Answer(item, Unavailable("The hub is stopping."));
        }
    }

    /// <summary>Waits for a command or a timer and takes all that is there. False when the hive is to end.</summary>
    private async Task<bool> TakeAsync()
    {
        while (true)
        {
            TakeCommands();
            ReadClock();
            if (_watch.IsFailing)
            {
                // A turn of its own finds out whether the store takes commits again; until then no timer is taken.
                if (_now >= _timersFrom) return true;
            }
            else if (_now >= _timersFrom)
            {
                // Renewals that wait come before the timers; timers have room of their own, so that commands without end do not keep leases alive.
                for (var room = Options.MaxBatch; room > 0 && _engine.State.Timers.TryTake(_now, out var key); room--)
                    _items.Add(new Item(_engine.TimerCommand(key), null, null));
            }

            if (_items.Count > 0)
            {
                // There is always something to do under constant load: what is due for an interval is then done in between.
                if (_now >= _pruneAt + Options.RetentionInterval) await PruneAsync();
                return true;
            }

            if (_stopping.IsCancellationRequested) return false;
            if (await PruneAsync()) continue;
            await SleepAsync();
        }
    }

    private void TakeCommands()
    {
        var bytes = 0;
        while (_items.Count < Options.MaxBatch && bytes < MaxBatchBytes && _inbox.Reader.TryRead(out var item))
        {
            _items.Add(item);
            bytes += item.Command.Bytes;
            if (item.Command.Bytes >= LargeCommand) _largeCommands.Release();
        }
    }

    private async Task SleepAsync()
    {
        var due = _watch.IsFailing ? _timersFrom - _now
            : _engine.State.Timers.NextDue is { } next ? Max(next, _timersFrom) - _now
            : LongestSleep;
        var prune = _pruneAt - _now;
        var sleep = due < prune ? due : prune;
        if (sleep <= TimeSpan.Zero) return;
        if (sleep > LongestSleep) sleep = LongestSleep;
        if (sleep > ListenBeat && _engine.State.AwaitsReports) sleep = ListenBeat;

        // One wait for the inbox, however often a timer comes first: an abandoned one would stay in the channel.
        if (_arrival is null or { IsCompleted: true }) _arrival = _inbox.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        await Task.WhenAny(_arrival, Task.Delay(sleep, _time, awake.Token));
        await awake.CancelAsync();
    }

    private async Task TurnAsync()
    {
        var started = _time.GetTimestamp();
        _metrics.TurnBegan(started);
        if (_watch.IsFailing && !await ProbeAsync())
        {
            await TurnWithoutCommitAsync(started);
            _metrics.TurnFailed(_time.GetElapsedTime(started));
            return;
        }

        Record[] records;
        try
        {
            _engine.Begin(_now);
            if (_engine.Full && await _store.HasRoomAsync(CancellationToken.None)) SetFull(false);
            await _engine.FetchAsync(_store, _items.Select(i => i.Command));
            if (_engine.FirstCommand() is { } first) _engine.Process(first);
            foreach (var item in _items)
            {
                var decision = _engine.Process(item.Command);
                if (item.Sink is not null) _outcomes.Add((item, new Outcome(decision.Result, decision.Error, default)));
            }

            _engine.EndTurn();
            records = await CommitAsync();
        }
        catch (Exception e) when (e is not StoreFencedException)
        {
            // If it is a fault of ours in the middle of a batch: what it left in memory cannot be trusted, what is stored can.
            if (e is not StoreException) LogTurnFailed(_log, Options.Hive, e);
            await FailAsync(e);
            _metrics.TurnFailed(_time.GetElapsedTime(started));
            return;
        }

        await TellAsync(records, started);
        if (_watch.IsProbeDue) await ProbeAsync();
        _metrics.TurnEnded(_time.GetElapsedTime(started));
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
