using Waggle.Core.Agents;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    // Longest sleep, whatever the next timer says: a timer further away than a platform timer reaches is looked at again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);

    private readonly List<(Item Item, Outcome Outcome)> _outcomes = [];
    private readonly List<Sealed> _batch = [];
    private readonly List<EntityKey> _coldKeys = [];
    private readonly List<string> _coldColumns = [];
    private readonly List<Item> _items = [];
    private DateTimeOffset _now;
    private DateTimeOffset _timersFrom;

    private async Task RunAsync()
    {
        try
        {
            await _sink.PublishAsync(new Protocol.Records.SealedBatch(Head, []));
            await EnsureDefaultSwarmAsync();
            while (await TakeAsync()) await TurnAsync();
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
            while (_inbox.Reader.TryRead(out var item)) Answer(item, Unavailable("The hub is stopping."));
        }
    }

    /// <summary>Waits for a command or a timer and takes all that is there. False when the hive is to end.</summary>
    private async Task<bool> TakeAsync()
    {
        _items.Clear();
        while (true)
        {
            while (_items.Count < Options.MaxBatch && _inbox.Reader.TryRead(out var item)) _items.Add(item);
            _now = _clock.Now();
            WatchClock();
            if (_now >= _timersFrom)
            {
                while (_items.Count < Options.MaxBatch && _state.Timers.TryTake(_now, out var key)) _items.Add(new Item(TimerCommand(key), null, null));
            }

            if (_items.Count > 0) return true;
            if (_stopping.IsCancellationRequested) return false;
            if (await PruneAsync()) continue;
            if (!await SleepAsync()) return _inbox.Reader.TryPeek(out _);
        }
    }

    private async Task<bool> SleepAsync()
    {
        var due = _state.Timers.NextDue is { } next ? Max(next, _timersFrom) - _now : LongestSleep;
        var prune = _pruneAt - _now;
        var sleep = due < prune ? due : prune;
        if (sleep <= TimeSpan.Zero) return true;
        if (sleep > LongestSleep) sleep = LongestSleep;
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var command = _inbox.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        await Task.WhenAny(command, Task.Delay(sleep, _time, awake.Token));
        await awake.CancelAsync();
        return !_stopping.IsCancellationRequested;
    }

    private async Task TurnAsync()
    {
        _batch.Clear();
        _outcomes.Clear();
        try
        {
            if (_full && await _store.HasRoomAsync(CancellationToken.None)) SetFull(false);
            await FetchColdAsync();
            foreach (var item in _items) Process(item);
            _matcher.Run(Apply);
        }
        catch (StoreException e)
        {
            await FailAsync(e);
            return;
        }
        catch (Exception e) when (e is not StoreFencedException)
        {
            // A fault of ours in the middle of a batch: what it left in memory cannot be trusted, what is stored can.
            LogTurnFailed(_log, Options.Hive, e);
            await FailAsync(e);
            return;
        }

        if (!await CommitAsync()) return;
        foreach (var (item, outcome) in _outcomes) Answer(item, outcome with { Head = Head });

        // After the answers: a worker is welcomed before it is given work.
        foreach (var push in _pushes) push();
        _pushes.Clear();
        _state.EndBatch();
    }

    private void Process(Item item)
    {
        var command = item.Command;
        var decision = Judge(command);
        foreach (var record in decision.Records) Apply(record);
        if (command is AgentTimer timer) _state.Rearm(timer.Agent);
        if (item.Sink is not null) _outcomes.Add((item, new Outcome(decision.Value, decision.Error, default)));
        while (_state.Reactions.TryDequeue(out var reaction))
        {
            foreach (var record in Judge(reaction).Records) Apply(record);
        }
    }

    private Decision Judge(Command command)
    {
        var (verb, resource) = command.Right;
        if (!command.By.Allowed(verb, resource))
            return Decision.Reject(ErrorCodes.Forbidden, $"'{command.By.Subject}' may not {verb} {resource}.");
        if (command.Creates && _full)
            return Decision.Reject(ErrorCodes.StoreFull, "The hub's disk or database is full: nothing new is taken until there is room; work under way goes on.", 1000);
        try
        {
            return command.Decide(_state, new DecisionContext(_now, _dice, Options));
        }
        catch (Exception e)
        {
            // Deciding changes nothing, so the fault stays with its command.
            var id = Guid.NewGuid().ToString("N")[..8];
            LogDecisionFailed(_log, id, command.GetType().Name, e);
            return Decision.Reject(ErrorCodes.Internal, $"A fault in the hub (see its log under {id}). Nothing was changed.");
        }
    }

    private void Apply(RecordData data)
    {
        var durable = data is not InternalData && data.Class == RecordClass.Durable;
        var offset = durable ? _state.NextOffset++ : _state.NextOffset - 1;
        if (data is not InternalData) _batch.Add(new Sealed(data, offset));
        PushBefore(data);
        _state.Apply(data, offset, _now);
    }

    private Command TimerCommand(EntityKey key) => key.Kind == TaskEntity.Entity.Name
        ? new TaskTimer(key.Id) { By = Principal.Hub(Options.Hive) }
        : new AgentTimer(key.Id) { By = Principal.Hub(Options.Hive) };

    private static void Answer(in Item item, in Outcome outcome) => item.Sink?.Complete(item.Tag, outcome);

    private Outcome Unavailable(string message) => new(null, new Error(ErrorCodes.StoreUnavailable, message, 1000), Head);

    private async Task EnsureDefaultSwarmAsync()
    {
        if (_state.Swarm(SwarmEntity.DefaultId) is not null) return;
        _now = _clock.Now();
        _items.Clear();
        _items.Add(new Item(new CreateSwarm("Default", SwarmEntity.DefaultId) { By = Principal.Hub(Options.Hive) }, null, null));
        await TurnAsync();
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
