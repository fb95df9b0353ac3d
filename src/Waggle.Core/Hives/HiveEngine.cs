using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>
/// The hive without its thread: what one turn of the owner's loop does. Fetch, <see cref="Begin"/>, <see cref="Process"/> each command, <see cref="EndTurn"/>,
/// <see cref="Seal"/>; after the commit <see cref="SendMessagesAsync"/> and <see cref="End"/>, after a failed one <see cref="LoadAsync"/>.
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

    /// <param name="stored">Where damaged entities are set aside; left out: the first one ends the load.</param>
    public HiveEngine(HiveOptions options, Random dice, ILogger log, StoredEntities? stored = null)
    {
        _options = options;
        _dice = dice;
        _log = log;
        State = new HiveState(options, log);
        _loader = new HiveLoader(State, stored);
        _writer = new BatchWriter(State.Context);
        _apply = Apply;
    }

    public HiveState State { get; }

    /// <summary>The time of the turn: all that it decides happens then.</summary>
    public DateTimeOffset Now => State.Context.Now;

    /// <summary>The store has no room: nothing is created.</summary>
    public bool Full { get; set; }

    /// <summary>What the turn made so far, in order.</summary>
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

    /// <summary>The command that a due timer stands for.</summary>
    public Command TimerCommand(EntityKey key) => State.Context.Due.Fire(key);

    /// <summary>Makes what every hive has; null once it is there.</summary>
    public Command? FirstCommand() => State.First();

    /// <summary>Decides a command, applies what follows from it, and reacts.</summary>
    public Decision Process(Command command)
    {
        var hive = State.Context;
        hive.Deciding = command;
        hive.Commands.RunBefore(command, _apply);
        var decision = Authorize(command);
        foreach (var record in decision.Records) Apply(record);
        if (decision.Error?.Code == ErrorCodes.Internal) hive.Due.Retry(command, Now);
        else hive.Commands.RunAfter(command, decision);
        while (hive.Reactions.TryDequeue(out var reaction))
        {
            hive.Deciding = reaction;
            foreach (var record in Authorize(reaction).Records) Apply(record);
        }

        hive.Deciding = null;
        return decision;
    }

    /// <summary>Decides what follows from all commands of the turn together, such as who gets which task.</summary>
    public void EndTurn() => State.EndTurn(_apply);

    /// <summary>
    /// The turn as its readers will see it and as the store keeps it; no commit where nothing durable changed.
    /// The entities' bodies are valid until the next call.
    /// </summary>
    public (CommitBatch? Commit, Record[] Records) Seal(long epoch)
    {
        var (body, records) = RecordLog.Write(_batch, epoch, Now);
        return State.Context.Dirty.Count == 0 && body.Length == 0
            ? (null, records)
            : (new CommitBatch(_writer.Write(), State.NextOffset - 1, body, Now), records);
    }

    /// <summary>Sends connected workers what the turn has for them, once it is durable.</summary>
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
                // A link that fails loses the attention of its own worker, whose lease then runs out; no other worker is affected.
                LogSendFailed(_log, e);
            }
        }

        messages.Clear();
    }

    /// <summary>The turn's effect is durable: forgets what was kept only for it.</summary>
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
        if (command.Creates && Full) return command.Rejected(new(ErrorCodes.StoreFull, FullMessage, 1000));
        try
        {
            IHiveView view = command.By.Swarms is null ? State : new ReachableView(State.Context, command.By);
            return command.Decided(view, new DecisionContext(Now, _dice, _options));
        }
        catch (Exception e)
        {
            // Deciding changes nothing, so the fault stays with its command.
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
