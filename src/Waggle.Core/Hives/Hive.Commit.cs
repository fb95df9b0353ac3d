using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Makes the turn durable. What it gives may then be told.</summary>
    private async Task<Record[]> CommitAsync()
    {
        var (commit, records) = _engine.Seal(_tenure.Epoch);
        if (commit is not null) await StoreAsync(commit);
        return records;
    }

    private async Task StoreAsync(CommitBatch commit)
    {
        var started = _time.GetTimestamp();
        var before = _tenure.Head;
        _watch.Began();
        try
        {
            _tenure = await _store.CommitAsync(_tenure, commit, CancellationToken.None);
        }
        catch (Exception e)
        {
            _watch.Failed(e);
            throw;
        }

        if (_watch.IsFailing) LogStoreBack(_log, Options.Hive);
        _watch.Committed();
        _metrics.Committed(_time.GetElapsedTime(started), (int)(_tenure.Head - before));
    }

    /// <summary>Whether a commit gets through, found out by one that changes nothing but the time of the last write.</summary>
    private async Task<bool> ProbeAsync()
    {
        var failing = _watch.IsFailing;
        try
        {
            await StoreAsync(new CommitBatch([], _tenure.Head, default, _now));
            return true;
        }
        catch (StoreException e) when (e is not StoreFencedException)
        {
            if (!failing) LogStoreFails(_log, Options.Hive, e.Message, e);
            _metrics.CommitFailed();
            if (e is StoreFullException) SetFull(true);
            _timersFrom = _now + PauseAfterFailure;
            return false;
        }
    }

    /// <summary>The turn of a store that takes no commit: what only reads is answered, the rest is refused.</summary>
    private async Task TurnWithoutCommitAsync(long started)
    {
        var refused = _items.Where(i => !i.Command.OnlyReads).ToArray();
        _items.RemoveAll(i => !i.Command.OnlyReads);
        foreach (var item in refused)
        {
            Answer(item, new Outcome(null, Refusal(item.Command, $"{Store.Problem}."), Head));
            _engine.State.Abandon(item.Command, _now);
        }

        try
        {
            _engine.Begin(_now);
            await _engine.FetchAsync(_store, _items.Select(i => i.Command));
            foreach (var item in _items)
            {
                var decision = _engine.Process(item.Command);
                if (item.Sink is not null) _outcomes.Add((item, new Outcome(decision.Result, decision.Error, default)));
            }

            await TellAsync(_engine.Seal(_tenure.Epoch).Records, started);
        }
        catch (Exception e) when (e is not StoreFencedException)
        {
            if (e is not StoreException) LogTurnFailed(_log, Options.Hive, e);
            foreach (var item in _items) Answer(item, Unavailable($"The hub could not read its store: {e.Message}"));
            _items.Clear();
            _outcomes.Clear();
        }
    }

    private Error Refusal(Command command, string cause) => _engine.Full && command.Creates
        ? new Error(ErrorCodes.StoreFull, "The hub's disk or database is full: new work is rejected until there is free space; running tasks continue.", 1000)
        : new Error(ErrorCodes.StoreUnavailable, $"The hub could not store the change; nothing was changed: {cause}", 1000);

    /// <summary>Tells what is durable: to subscribers, senders, workers.</summary>
    private async Task TellAsync(Record[] records, long started)
    {
        Volatile.Write(ref _head, _tenure.Head);

        // Published before it is answered: whoever subscribes from the position of an answer comes after that batch, not into it.
        if (records.Length > 0) await _sink.PublishAsync(new SealedBatch(Head, records) { CommittedAt = _time.GetTimestamp() });
        foreach (var (item, outcome) in _outcomes) Answer(item, outcome with { Head = Head });
        _items.Clear();
        _outcomes.Clear();

        // After the answers: a worker is welcomed before it is given work.
        await _engine.SendMessagesAsync(_store);
        _engine.State.Report(new(_engine.Batch, _engine.Now, _time.GetElapsedTime(started), _metrics));
        _engine.End();
    }

    /// <summary>Nothing of the batch happened: its commands are told so and the hive goes back to what is stored.</summary>
    private async Task FailAsync(Exception cause)
    {
        LogCommitFailed(_log, Options.Hive, cause.Message, cause);
        _metrics.CommitFailed();
        if (cause is StoreFullException) SetFull(true);
        var reads = _items.Where(i => i.Command.OnlyReads).ToArray();
        foreach (var item in _items)
        {
            if (item.Sink is null || item.Command.OnlyReads) continue;
            Answer(item, new Outcome(null, Refusal(item.Command, (cause as StoreException)?.ForClients ?? "an internal error; the hub's log has the details."), Head));
        }

        var commands = _items.Select(i => i.Command).ToArray();
        _items.Clear();
        _outcomes.Clear();
        _timersFrom = _engine.Now + PauseAfterFailure;
        while (!await TryReloadAsync()) await Task.Delay(PauseAfterFailure, _time, _stopping.Token);
        foreach (var command in commands) _engine.State.Abandon(command, _now);

        // What only reads does not depend on what failed beside it.
        _items.AddRange(reads);
        await TurnWithoutCommitAsync(_time.GetTimestamp());
    }

    private async Task<bool> TryReloadAsync()
    {
        try
        {
            await _engine.LoadAsync(_store, _tenure, _clock.Now(), CancellationToken.None);
            ReportLoaded();
            return true;
        }
        catch (StoreException e) when (e is not (StoreFencedException or StoreCorruptException))
        {
            LogReloadFailed(_log, Options.Hive, e);
            return false;
        }
    }

    private void SetFull(bool full)
    {
        if (_engine.Full == full) return;
        _engine.Full = _watch.Full = full;
        if (full) LogFull(_log, Options.Hive);
        else LogRoomAgain(_log, Options.Hive);
    }

    private void ReportLoaded() => _engine.State.Report(new([], _engine.Now, TimeSpan.Zero, _metrics));

    private void Answer(in Item item, in Outcome outcome)
    {
        if (item.Sink is null) return;
        _metrics.Answered(item.Command, outcome);
        try
        {
            item.Sink.Complete(item.Tag, outcome);
        }
        catch (Exception e)
        {
            // One caller's fault is not everybody's: what it was to be told is durable all the same.
            LogNotifyFailed(_log, e);
        }
    }

    private Outcome Unavailable(string message) => new(null, new Error(ErrorCodes.StoreUnavailable, message, 1000), Head);
}
