using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Ports;
using Waggle.Core.Presence;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>
/// The hive without its thread: what one turn of the owner's loop does. Fetch, <see cref="Begin"/>, <see cref="Process"/> each command, <see cref="Match"/>,
/// <see cref="Seal"/>; after the commit <see cref="Push"/> and <see cref="End"/>, after a failed one <see cref="LoadAsync"/>.
/// </summary>
internal sealed partial class HiveEngine
{
    private static readonly TimeSpan RetryTimer = TimeSpan.FromSeconds(1);

    private readonly HiveOptions _options;
    private readonly Random _dice;
    private readonly ILogger _log;
    private readonly StoredEntities? _stored;
    private readonly Matcher _matcher;
    private readonly List<Sealed> _batch = [];
    private Command? _deciding;

    /// <param name="stored">Where damaged entities are set aside; left out: the first one ends the load.</param>
    public HiveEngine(HiveOptions options, Random dice, ILogger log, StoredEntities? stored = null)
    {
        _options = options;
        _dice = dice;
        _log = log;
        _stored = stored;
        State = new HiveState(options);
        _matcher = new Matcher(State, options);
        _dependencies = new AssignedDependencies(options.Hive, log);
    }

    public HiveState State { get; }

    /// <summary>The time of the turn: all that it decides happens then.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>The store has no room: nothing is created.</summary>
    public bool Full { get; set; }

    /// <summary>What the turn made so far, in order.</summary>
    public IReadOnlyList<Sealed> Batch => _batch;

    public void Begin(DateTimeOffset now)
    {
        Now = now;
        _batch.Clear();
        _pushes.Clear();
        _redelivered.Clear();
    }

    /// <summary>Decides a command, applies what follows from it, and reacts.</summary>
    public Decision Process(Command command)
    {
        _deciding = command;
        if (command is LeaseCommand or RenewLeases && command.By.Agent is { } agent) Touch(agent);
        var decision = Authorize(command);
        foreach (var record in decision.Records) Apply(record);
        if (command is AgentTimer timer) State.Rearm(timer.Agent);
        if (command is CancelStopped { Swarm: var stopped } && decision.Records.Count > 0) State.Timers.Set(new(SwarmEntity.Entity.Name, stopped), Now);

        // A timer that could not be decided is tried again: what it is for must not wait for a restart.
        if (decision.Error?.Code == ErrorCodes.Internal && TimerOf(command) is { } key) State.Timers.SetEarlier(key, Now + RetryTimer);
        while (State.Reactions.TryDequeue(out var reaction))
        {
            _deciding = reaction;
            foreach (var record in Authorize(reaction).Records) Apply(record);
        }

        _deciding = null;
        return decision;
    }

    public void Match() => _matcher.Run(Apply);

    /// <summary>The turn's effect is durable: forgets what was kept only for it.</summary>
    public void End()
    {
        _batch.Clear();
        State.EndBatch();
    }

    /// <summary>The command that a due timer stands for.</summary>
    public Command TimerCommand(EntityKey key) => State.Context.TimerCommand(key);

    /// <summary>Makes the swarm that every hive has; null once it is there.</summary>
    public Command? FirstCommand() => State.Swarm(SwarmEntity.DefaultId) is null
        ? new CreateSwarm("Default", SwarmEntity.DefaultId) { By = Principal.Hub(_options.Hive) }
        : null;

    private static EntityKey? TimerOf(Command command) => command switch
    {
        TaskTimer t => new(TaskEntity.Entity.Name, t.Task),
        OthersFirstTimer o => new(OthersFirstTimer.Kind, o.Task),
        CancelStopped s => new(SwarmEntity.Entity.Name, s.Swarm),
        PresenceTimer p => new(UserPresence.TimerKind, p.User),
        _ => null,
    };

    // Whatever an agent's worker says is a sign of life, not its renewals alone.
    private void Touch(string agent)
    {
        if (State.Agent(agent) is not { RemovedAt: null } known || State.Presence(agent) is not { } presence) return;
        var back = !presence.Online;
        if (!back && presence.LastSeenAt == Now) return;
        Apply(new AgentSeen(agent, Now));
        if (back) Apply(AgentViews.Status(known, State));
    }

    private Decision Authorize(Command command)
    {
        var (verb, resource) = command.Right;
        if (!command.By.Allowed(verb, resource))
            return Decision.Reject(ErrorCodes.Forbidden, command.By.Missing(verb, resource));
        if (command.Refusal(State) is { } refusal) return Decision.Reject(ErrorCodes.Forbidden, refusal);
        if (command.Malformed() is { } malformed) return Decision.Reject(malformed.Code, malformed.Message);
        if (command.Creates && Full)
            return Decision.Reject(ErrorCodes.StoreFull, "The hub's disk or database is full: nothing new is taken until there is room; work under way goes on.", 1000);
        try
        {
            IHiveView view = command.By.Swarms is null ? State : new ReachableView(State, State.Context, command.By);
            return command.Decide(view, new DecisionContext(Now, _dice, _options));
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
        var offset = durable ? State.NextOffset++ : State.NextOffset - 1;
        if (data is not InternalData) _batch.Add(new Sealed(data, offset));
        PushBefore(data);
        State.Apply(data, offset, Now);
    }

    [LoggerMessage(5, LogLevel.Error, "Deciding {Command} failed ({Id}).")]
    private static partial void LogDecisionFailed(ILogger logger, string id, string command, Exception e);
}
