using Waggle.Core.Hives.Metrics;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
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
        if (commit is null) return records;
        var started = _time.GetTimestamp();
        var before = _tenure.Head;
        _tenure = await _store.CommitAsync(_tenure, commit, CancellationToken.None);
        _metrics.Committed(_time.GetElapsedTime(started), (int)(_tenure.Head - before));
        return records;
    }

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
        await _engine.ReadDependenciesAsync(_store);
        _engine.Push();
        Count();
        HiveTracing.Told(_engine, _time.GetElapsedTime(started));
        _engine.End();
    }

    /// <summary>Nothing of the batch happened: its commands are told so and the hive goes back to what is stored.</summary>
    private async Task FailAsync(Exception cause)
    {
        LogCommitFailed(_log, Options.Hive, cause.Message, cause);
        _metrics.CommitFailed();
        if (cause is StoreFullException) SetFull(true);
        foreach (var item in _items)
        {
            if (item.Sink is null) continue;
            var error = _engine.Full && item.Command.Creates
                ? new Error(ErrorCodes.StoreFull, "The hub's disk or database is full: nothing new is taken until there is room; work under way goes on.", 1000)
                : new Error(ErrorCodes.StoreUnavailable, $"The hub could not store it, nothing of it happened: {cause.Message}", 1000);
            Answer(item, new Outcome(null, error, Head));
        }

        // Who left has left, whatever the store says: nothing is to be assigned to a connection that is gone.
        var commands = _items.Select(i => i.Command).ToArray();
        _items.Clear();
        _outcomes.Clear();
        _timersFrom = _engine.Now + PauseAfterFailure;
        while (!await TryReloadAsync()) await Task.Delay(PauseAfterFailure, _time, _stopping.Token);
        foreach (var command in commands)
        {
            _engine.State.Abandon(command, _now);
        }
    }

    private async Task<bool> TryReloadAsync()
    {
        try
        {
            await _engine.LoadAsync(_store, _tenure, _clock.Now(), CancellationToken.None);
            _metrics.Opened(_engine.State.Open, _engine.State.AgentsHere);
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
        _engine.Full = full;
        if (full) LogFull(_log, Options.Hive);
        else LogRoomAgain(_log, Options.Hive);
    }

    private void Count()
    {
        foreach (var (data, _) in _engine.Batch)
        {
            _metrics.Happened(data);
            if (data is TaskAssigned { Task: var id } && _engine.State.Task(id) is { QueuedAt: { } queued }) _metrics.Waited(_engine.Now - queued);
        }

        _metrics.Opened(_engine.State.Open, _engine.State.AgentsHere);
    }

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
            LogTellingFailed(_log, e);
        }
    }

    private Outcome Unavailable(string message) => new(null, new Error(ErrorCodes.StoreUnavailable, message, 1000), Head);
}
