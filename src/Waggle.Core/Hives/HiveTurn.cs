using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>
/// Runs the turns of the owner's loop. A turn decides and reacts, assigns work, commits once, then publishes, answers and sends messages. Uncommitted data is
/// never visible. Only the owner's loop uses it.
/// </summary>
/// <param name="items">The commands that the loop took; empty after each turn.</param>
internal sealed partial class HiveTurn(HiveParts parts, HiveEngine engine, Committer committer, HiveTime time, Answers answers, List<InboxItem> items)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly List<(InboxItem Item, Outcome Outcome)> _outcomes = [];

    /// <summary>The time before which no timer fires after a failure.</summary>
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
            engine.State.Committed();
        }
        catch (Exception e) when (e is not StoreFencedException)
        {
            // A fault in the middle of a batch leaves memory in an unknown state. The stored state is intact.
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
            if (decision.Error is { Code: ErrorCodes.Forbidden } refused && item.Sink is not null)
                parts.Refusals.Add(Hive.RefusalOf(item.Command.GetType(), item.Command.By, refused));
            if (item.Sink is not null) _outcomes.Add((item, new Outcome(decision.Result, decision.Error, default)));
        }
    }

    private async Task<bool> ProbeAsync()
    {
        if (await committer.ProbeAsync(time.Now)) return true;
        TimersFrom = time.Now + PauseAfterFailure;
        return false;
    }

    /// <summary>Delivers the durable turn to subscribers, senders and workers.</summary>
    private async Task PublishAsync(Record[] records, long started)
    {
        committer.Publish();
        parts.Tails.Publish(engine.Batch, committer.Head.Offset);

        // The hive publishes before it answers, so that a subscriber from the position of an answer starts after that batch and not within it.
        if (records.Length > 0) await parts.Sink.PublishAsync(new SealedBatch(committer.Head, records) { CommittedAt = parts.Time.GetTimestamp() });
        foreach (var (item, outcome) in _outcomes) answers.Give(item, outcome with { Head = committer.Head });
        items.Clear();
        _outcomes.Clear();

        // Messages follow the answers, so that a worker receives its welcome before its work.
        await engine.SendMessagesAsync(parts.Store);
        engine.State.Report(new(engine.Batch, engine.Now, parts.Time.GetElapsedTime(started)));
        engine.End();
    }

    /// <summary>Runs a turn while the store accepts no commit: it answers commands that only read and refuses the others.</summary>
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

    /// <summary>Fails a batch of which nothing is stored: its senders receive an error, and the hive reloads the stored state.</summary>
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

        // A command that only reads does not depend on the failure of the others.
        items.AddRange(failed.Where(i => i.Command.OnlyReads));
        await RunWithoutCommitAsync(parts.Time.GetTimestamp());
    }

    private async Task<bool> TryReloadAsync()
    {
        try
        {
            await engine.LoadAsync(parts.Store, committer.Tenure, time.Peek(), CancellationToken.None);
            engine.State.Report(new([], engine.Now, TimeSpan.Zero));
            return true;
        }
        catch (StoreException e) when (e is not (StoreFencedException or StoreCorruptException))
        {
            LogReloadFailed(parts.Log, parts.Options.Hive, e);
            return false;
        }
    }
}
