using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>
/// The hive without its thread: the steps of one turn of the owner's loop. The steps are fetch, <see cref="Begin"/>, <see cref="Process"/> for each command,
/// <see cref="EndTurn"/> and <see cref="Seal"/>. <see cref="SendMessagesAsync"/> and <see cref="End"/> follow a successful commit, <see cref="LoadAsync"/>
/// follows a failed one.
/// </summary>
internal sealed partial class HiveEngine
{
    public const string FullMessage = "The hub's disk or database is full: new work is rejected until there is free space; running tasks continue.";

    private readonly HiveOptions _options;
    private readonly Random _dice;
    private readonly ILogger _log;
    private readonly HiveLoader _loader;
    private readonly BatchWriter _writer;
    private readonly List<Sealed> _batch = [];
    private readonly Action<RecordData> _apply;

    /// <param name="stored">Sets damaged entities aside; null to end the load at the first one.</param>
    public HiveEngine(HiveOptions options, Random dice, ILogger log, StoredEntities? stored = null, HiveMetrics? metrics = null, RevokedTokens? revoked = null)
    {
        _options = options;
        _dice = dice;
        _log = log;
        State = new HiveState(options, log, metrics, revoked);
        _loader = new HiveLoader(State, stored);
        _writer = new BatchWriter(State.Context);
        _apply = Apply;
    }

    public HiveState State { get; }

    /// <summary>The time of the turn. All decisions of the turn happen at this time.</summary>
    public DateTimeOffset Now => State.Context.Now;

    /// <summary>Whether the store has no room. The hive then creates nothing.</summary>
    public bool Full
    {
        get => State.Context.Full;
        set => State.Context.Full = value;
    }

    /// <summary>The records of the turn so far, in order.</summary>
    public IReadOnlyList<Sealed> Batch => _batch;

    /// <inheritdoc cref="HiveLoader.LoadAsync"/>
    public Task LoadAsync(IStore store, Tenure tenure, DateTimeOffset now, CancellationToken cancel)
    {
        _batch.Clear();
        return _loader.LoadAsync(store, tenure, now, cancel);
    }

    /// <inheritdoc cref="HiveLoader.FetchAsync"/>
    public Task FetchAsync(IStore store, IEnumerable<Command> commands) => _loader.FetchAsync(store, commands);

    public void Begin(DateTimeOffset now)
    {
        State.Context.Now = now;
        State.Context.Messages.Clear();
        _batch.Clear();
    }

    /// <summary>Returns the command of a due timer.</summary>
    public Command TimerCommand(EntityKey key) => State.Context.Due.Fire(key);

    /// <summary>Returns the command that creates a part that every hive has; null once all parts exist.</summary>
    public Command? FirstCommand() => State.First();

    /// <summary>Decides a command, applies its records, and runs the reactions.</summary>
    public Decision Process(Command command)
    {
        var hive = State.Context;
        hive.Deciding = command;
        hive.Commands.RunBefore(command, _apply);
        var decision = Authorize(command);
        foreach (var record in decision.Records) Apply(record);
        if (decision.Error?.Code is ErrorCodes.Internal or ErrorCodes.StoreFull) hive.Due.Retry(command, Now);
        else hive.Commands.RunAfter(command, decision);
        while (hive.Reactions.TryDequeue(out var reaction))
        {
            hive.Deciding = reaction;
            var follows = Authorize(reaction);
            foreach (var record in follows.Records) Apply(record);
            if (follows.Error?.Code is ErrorCodes.Internal or ErrorCodes.StoreFull) hive.Due.Repeat(reaction, Now + DueTimers.RetryAfter);
        }

        hive.Deciding = null;
        return decision;
    }

    /// <summary>Decides the records that follow from all commands of the turn together, such as assignments.</summary>
    public void EndTurn() => State.EndTurn(_apply);

    /// <summary>
    /// Returns the turn as its readers see it and as the store keeps it; the commit is null if nothing durable changed. The bodies of the entities are valid
    /// until the next call.
    /// </summary>
    public (CommitBatch? Commit, Record[] Records) Seal(long epoch)
    {
        var (body, records) = RecordLog.Write(_batch, epoch, Now);
        return State.Context.Dirty.Count == 0 && body.Length == 0
            ? (null, records)
            : (new CommitBatch(_writer.Write(), State.NextOffset - 1, body, Now) { Removed = _writer.Removed }, records);
    }

    /// <summary>Sends the messages of a durable turn to connected workers.</summary>
    public async ValueTask SendMessagesAsync(IStore store)
    {
        var messages = State.Context.Messages;
        if (messages.Count == 0) return;
        await State.ReadForMessagesAsync(store);
        foreach (var send in messages)
        {
            try
            {
                send();
            }
            catch (Exception e)
            {
                // A link that fails affects its own worker alone, whose leases then expire.
                LogSendFailed(_log, e);
            }
        }

        messages.Clear();
    }

    /// <summary>Releases the data of a turn that is durable.</summary>
    public void End()
    {
        _batch.Clear();
        State.EndBatch();
    }

    private Decision Authorize(Command command)
    {
        if (!command.By.Allowed(command.Right)) return command.Rejected(new(ErrorCodes.Forbidden, command.By.Missing(command.Right)));
        if (command.Refusal(State) is { } refusal) return command.Rejected(new(ErrorCodes.Forbidden, refusal));
        if (command.Malformed() is { } malformed) return command.Rejected(new(malformed.Code, malformed.Message));
        try
        {
            IHiveView view = command.By.Swarms is null ? State : new ReachableView(State.Context, command.By);
            var decision = command.Decided(view, new DecisionContext(Now, _dice, _options) { StoreFull = Full });

            // A repetition creates nothing and has a result, so it gets the first answer also while there is no room. All else waits, refusals included:
            // what the hub itself creates may miss entities that it fetches when it tries again.
            if (!Full || !command.Creates || decision is { Error: null, Records.Count: 0, Result: not null }) return decision;
            return command.Rejected(new(ErrorCodes.StoreFull, FullMessage, 1000));
        }
        catch (Exception e)
        {
            // A decision changes no state, so a fault affects its own command alone.
            var id = RandomId.Hex(4);
            LogDecisionFailed(_log, id, command.GetType().Name, e);
            return command.Rejected(new(ErrorCodes.Internal, $"An internal error occurred (see the hub's log, id {id}). Nothing was changed."));
        }
    }

    private void Apply(RecordData data)
    {
        var durable = data is not InternalData && data.Class == RecordClass.Durable;
        var offset = durable ? State.Context.NextOffset++ : State.NextOffset - 1;
        if (data is not InternalData) _batch.Add(new Sealed(data, offset));
        State.Apply(data, offset, Now);
    }
}
