using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Insight;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Core.Presence;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives;

/// <summary>
/// The hot state of a hive: everything open, the indexes over it, and what only memory knows (leases' ends, presence, activity).
/// It changes by Apply alone. Used by the owner's loop alone.
/// </summary>
internal sealed partial class HiveState : IHiveView
{
    private readonly HiveOptions _options;
    private readonly Dictionary<string, SwarmEntity> _swarms = new(StringComparer.Ordinal);
    private readonly HashSet<EntityKey> _dirty = [];

    public HiveState(HiveOptions options)
    {
        _options = options;
        Candidates = new AgentIndex(this, Agenda);
        Pending = new PendingQueue(options.Ageing, options.OthersFirst, Candidates, Agenda);
    }

    public string Hive => _options.Hive;

    public long Epoch { get; set; }

    public long NextOffset { get; set; } = 1;

    public PendingQueue Pending { get; }

    /// <summary>The agents, by what tasks ask of them.</summary>
    public AgentIndex Candidates { get; }

    /// <summary>What the matcher has to look at.</summary>
    public Agenda Agenda { get; } = new();

    public TimerQueue Timers { get; } = new();

    public IEnumerable<SwarmEntity> Swarms => _swarms.Values;

    /// <summary>Entities that changed in this batch.</summary>
    public IReadOnlyCollection<EntityKey> Dirty => _dirty;

    /// <summary>Commands that what was just applied asks for.</summary>
    public Queue<Command> Reactions { get; } = new();

    public SwarmEntity? Swarm(string id) => _swarms.GetValueOrDefault(id);

    /// <summary>The one way in which state changes. <paramref name="offset"/> is that of a durable record, or of the durable one before.</summary>
    public void Apply(RecordData data, long offset, DateTimeOffset at)
    {
        CountId(data);
        switch (data)
        {
            case TaskRecord record:
                Apply(record, offset, at);
                break;
            case AgentRecord record:
                Apply(record, offset, at);
                break;
            case SwarmCreated record:
                Put(SwarmEvolver.Create(record, offset, at));
                _dirty.Add(new(SwarmEntity.Entity.Name, record.SwarmId));
                break;
            case SwarmStateChanged record:
                var swarm = SwarmEvolver.Evolve(_swarms[record.SwarmId], record, offset, at);
                Put(swarm);
                Pending.SwarmChanged(swarm.Id);
                _dirty.Add(swarm.Key);
                if (record.State == SwarmState.Stopped) Timers.Set(swarm.Key, at);
                break;
            case ChatRecord record:
                Apply(record, offset, at);
                break;
            case NotificationSent record:
                Apply(record, offset, at);
                break;
            case NotificationsSeen record:
                Apply(record, offset, at);
                break;
            case UserPresenceChanged record:
                Apply(record, at);
                break;
            case UserCame came:
                Apply(came, offset, at);
                break;
            case UserLeft left when User(left.User) is { } user:
                Put(left.User, Without(user, left.Connection, at));
                break;
            case UserGone gone:
                Put(gone.User, null);
                break;
            case AlertRecord record:
                Apply(record, offset, at);
                break;
            case SystemMeasured measured:
                System = measured.At(at);
                break;
            case LeaseExtended lease:
                Extend(lease);
                break;
            case OthersHadTheirTurn over:
                Pending.EndOthersFirst(over.Task);
                break;
            case LeaseRedelivered again:
                Extend(new LeaseExtended(again.Task, again.Until, ByWorker: false));
                break;
            case InternalData change:
                ApplyPresence(change);
                break;
        }
    }

    /// <summary>Forgets what the batch needed only for itself: finished tasks leave memory.</summary>
    public void EndBatch()
    {
        _dirty.Clear();
        Reactions.Clear();
        ForgetEnded();
        ForgetRemoved();
        ForgetCold();
        ForgetResolved();
        _presenceBefore.Clear();
        _usersBefore.Clear();
    }

    /// <summary>When all that is open was put in: the links between them.</summary>
    public void EndLoad()
    {
        LastToAll = NextOffset - 1;
        LinkDependencies();
        ForgetUnknown();
        foreach (var agent in _agents.Keys) Rearm(agent);
        foreach (var swarm in _swarms.Values)
        {
            if (swarm.CancelBelow is not null) Timers.Set(swarm.Key, DateTimeOffset.MinValue);
        }

        EndBatch();
    }

    /// <summary>Empty but for the connected workers: the state is about to be loaded anew.</summary>
    public void Reset()
    {
        _dirty.Clear();
        Reactions.Clear();
        _swarms.Clear();
        _given.Clear();
        Timers.Clear();
        ResetTasks();
        ResetAgents();
        ForgetCold();
        ResetUsers();
        ResetInsight();
    }

    public void Put(SwarmEntity swarm) => _swarms[swarm.Id] = swarm;
}
