using Waggle.Core.Ports;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>
/// Turns of the owner's loop: decide and react, hand out work, commit once, then publish, answer and send messages. Nothing uncommitted is ever visible.
/// Used by the owner's loop alone.
/// </summary>
/// <param name="items">What the loop took; empty after each turn.</param>
internal sealed partial class HiveTurn(HiveParts parts, HiveEngine engine, Committer committer, HiveTime time, Answers answers, List<InboxItem> items)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly List<(InboxItem Item, Outcome Outcome)> _outcomes = [];

    /// <summary>After a failure no timer is taken before this.</summary>
    public DateTimeOffset TimersFrom { get; private set; }

    public async Task RunAsync(CancellationToken stopping)
    {
        var started = parts.Time.GetTimestamp();
        parts.Metrics.TurnBegan(started);
        if (committer.IsFailing && !await ProbeAsync())
        {
            await RunWithoutCommitAsync(started);
            parts.Metrics.TurnFailed(parts.Time.GetElapsedTime(started));
            return;
        }

        Record[] records;
        try
        {
            engine.Begin(time.Now);
            await committer.LookForRoomAsync();
            await engine.FetchAsync(parts.Store, items.Select(i => i.Command));
            if (engine.FirstCommand() is { } first) engine.Process(first);
            Decide();
            engine.EndTurn();
            (var commit, records) = engine.Seal(committer.Tenure.Epoch);
            if (commit is not null) await committer.CommitAsync(commit);
        }
        catch (Exception e) when (e is not StoreFencedException)
        {
            // If it is a fault of ours in the middle of a batch: what it left in memory cannot be trusted, what is stored can.
            if (e is not StoreException) LogTurnFailed(parts.Log, parts.Options.Hive, e);
            await FailAsync(e, stopping);
            parts.Metrics.TurnFailed(parts.Time.GetElapsedTime(started));
            return;
        }

        await PublishAsync(records, started);
        if (committer.IsProbeDue) await ProbeAsync();
        parts.Metrics.TurnEnded(parts.Time.GetElapsedTime(started));
    }

    private void Decide()
    {
        foreach (var item in items)
        {
            var decision = engine.Process(item.Command);
            if (item.Sink is not null) _outcomes.Add((item, new Outcome(decision.Result, decision.Error, default)));
        }
    }

    private async Task<bool> ProbeAsync()
    {
        if (await committer.ProbeAsync(time.Now)) return true;
        TimersFrom = time.Now + PauseAfterFailure;
        return false;
    }

    /// <summary>Gives what is durable to subscribers, senders and workers.</summary>
    private async Task PublishAsync(Record[] records, long started)
    {
        committer.Publish();

        // Published before it is answered: a subscriber from the position of an answer comes after that batch, not into it.
        if (records.Length > 0) await parts.Sink.PublishAsync(new SealedBatch(committer.Head, records) { CommittedAt = parts.Time.GetTimestamp() });
        foreach (var (item, outcome) in _outcomes) answers.Give(item, outcome with { Head = committer.Head });
        items.Clear();
        _outcomes.Clear();

        // After the answers: a worker is welcomed before it is given work.
        await engine.SendMessagesAsync(parts.Store);
        engine.State.Report(new(engine.Batch, engine.Now, parts.Time.GetElapsedTime(started), parts.Metrics));
        engine.End();
    }

    /// <summary>The turn of a store that takes no commit: what only reads is answered, the rest is refused.</summary>
    private async Task RunWithoutCommitAsync(long started)
    {
        foreach (var item in items.Where(i => !i.Command.OnlyReads))
        {
            answers.Give(item, new Outcome(null, Answers.NotStored(item.Command, engine.Full, $"{committer.Problem}."), committer.Head));
            engine.State.Abandon(item.Command, time.Now);
        }

        items.RemoveAll(i => !i.Command.OnlyReads);
        try
        {
            engine.Begin(time.Now);
            await engine.FetchAsync(parts.Store, items.Select(i => i.Command));
            Decide();
            await PublishAsync(engine.Seal(committer.Tenure.Epoch).Records, started);
        }
        catch (Exception e) when (e is not StoreFencedException)
        {
            if (e is not StoreException) LogTurnFailed(parts.Log, parts.Options.Hive, e);
            foreach (var item in items) answers.Unavailable(item, $"The hub could not read its store: {e.Message}", committer.Head);
            items.Clear();
            _outcomes.Clear();
        }
    }

    /// <summary>Nothing of the batch happened: its senders get an error and the hive goes back to what is stored.</summary>
    private async Task FailAsync(Exception cause, CancellationToken stopping)
    {
        LogCommitFailed(parts.Log, parts.Options.Hive, cause.Message, cause);
        committer.Failed(cause);
        var why = (cause as StoreException)?.ForClients ?? "an internal error; the hub's log has the details.";
        foreach (var item in items)
        {
            if (!item.Command.OnlyReads) answers.Give(item, new Outcome(null, Answers.NotStored(item.Command, engine.Full, why), committer.Head));
        }

        var failed = items.ToArray();
        items.Clear();
        _outcomes.Clear();
        TimersFrom = engine.Now + PauseAfterFailure;
        while (!await TryReloadAsync()) await Task.Delay(PauseAfterFailure, parts.Time, stopping);
        foreach (var item in failed) engine.State.Abandon(item.Command, time.Now);

        // What only reads does not depend on what failed beside it.
        items.AddRange(failed.Where(i => i.Command.OnlyReads));
        await RunWithoutCommitAsync(parts.Time.GetTimestamp());
    }

    private async Task<bool> TryReloadAsync()
    {
        try
        {
            await engine.LoadAsync(parts.Store, committer.Tenure, time.Peek(), CancellationToken.None);
            engine.State.Report(new([], engine.Now, TimeSpan.Zero, parts.Metrics));
            return true;
        }
        catch (StoreException e) when (e is not (StoreFencedException or StoreCorruptException))
        {
            LogReloadFailed(parts.Log, parts.Options.Hive, e);
            return false;
        }
    }
}
