using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;

namespace Waggle.Core.Hives;

/// <summary>
/// The hot state of a hive: everything open, the indexes over it, and what only memory knows (leases' ends, presence, activity).
/// It changes by Apply alone. Used by the owner's loop alone.
/// </summary>
internal sealed partial class HiveState : IHiveView
{
    private readonly HiveOptions _options;
    private readonly HashSet<EntityKey> _dirty;
    private readonly FeatureState[] _features;

    public HiveState(HiveOptions options)
    {
        _options = options;
        Candidates = new AgentIndex(this, Agenda);
        Pending = new PendingQueue(options.Ageing, options.OthersFirst, Candidates, Agenda);
        Context = new HiveContext(options);
        _dirty = Context.Dirty;
        Context.On<TaskRecord>(Apply);
        Context.On<AgentRecord>(Apply);
        Context.On<LeaseExtended>((lease, _, _) => Extend(lease));
        Context.On<AgentChange>((change, _, _) => ApplyPresence(change));
        Context.Timer(TaskEntity.Entity.Name, task => new TaskTimer(task) { By = Context.Hub });
        Context.Timer(AgentEntity.Entity.Name, agent => new AgentTimer(agent) { By = Context.Hub });
        Context.On<OthersHadTheirTurn>((over, _, _) => Pending.EndOthersFirst(over.Task));
        Context.On<LeaseRedelivered>((again, _, _) => Extend(new LeaseExtended(again.Task, again.Until, ByWorker: false)));
        Context.Timer(OthersFirstTimer.Kind, task => new OthersFirstTimer(task) { By = Context.Hub });
        _features = [.. options.Features.Select(f => f.Create(Context))];
        Context.On<SwarmStateChanged>((swarm, _, _) => Pending.SwarmChanged(swarm.SwarmId));
    }

    public HiveContext Context { get; }

    public string Hive => _options.Hive;

    public long Epoch
    {
        get => Context.Epoch;
        set => Context.Epoch = value;
    }

    public long NextOffset
    {
        get => Context.NextOffset;
        set => Context.NextOffset = value;
    }

    public PendingQueue Pending { get; }

    /// <summary>The agents, by what tasks ask of them.</summary>
    public AgentIndex Candidates { get; }

    /// <summary>What the matcher has to look at.</summary>
    public Agenda Agenda { get; } = new();

    public TimerQueue Timers => Context.Timers;

    /// <summary>Entities that changed in this batch.</summary>
    public IReadOnlyCollection<EntityKey> Dirty => _dirty;

    /// <summary>Commands that what was just applied asks for.</summary>
    public Queue<Command> Reactions => Context.Reactions;

    public T View<T>()
        where T : class => Context.Views.Get<T>();

    public bool IsTaken(EntityKey key) => Context.Table(key.Kind)?.Contains(key.Id) == true;

    /// <summary>The one way in which state changes. <paramref name="offset"/> is that of a durable record, or of the durable one before.</summary>
    public void Apply(RecordData data, long offset, DateTimeOffset at) => Context.Apply(data, offset, at);

    /// <summary>Forgets what the batch needed only for itself: finished tasks leave memory.</summary>
    public void EndBatch()
    {
        _dirty.Clear();
        Reactions.Clear();
        ForgetEnded();
        ForgetRemoved();
        foreach (var table in Context.Tables) table.EndBatch();
        foreach (var feature in _features) feature.EndBatch();
    }

    public async Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var feature in _features) await feature.LoadMoreAsync(store, now, cancel);
    }

    /// <summary>When all that is open was put in: the links between them.</summary>
    public void EndLoad(DateTimeOffset now)
    {
        LinkDependencies();
        ForgetUnknown();
        foreach (var agent in _agents.Keys) Rearm(agent);
        foreach (var feature in _features) feature.EndLoad(now);
        EndBatch();
    }

    /// <summary>Empty but for the connected workers: the state is about to be loaded anew.</summary>
    public void Reset()
    {
        _dirty.Clear();
        Reactions.Clear();
        Timers.Clear();
        ResetTasks();
        ResetAgents();
        foreach (var table in Context.Tables) table.Reset();
        foreach (var feature in _features) feature.Reset();
    }

    /// <summary>The batch of this command could not be stored. Keeps what is true all the same.</summary>
    public void Abandon(Command command, DateTimeOffset now)
    {
        if (command is DetachAgent detach) Forget(detach);
        foreach (var feature in _features) feature.Abandon(command, now);
    }
}
