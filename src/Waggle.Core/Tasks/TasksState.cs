using Waggle.Core.Agents;
using Waggle.Core.Durations;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks.Leases;
using Waggle.Core.Tasks.Matching;
using Waggle.Core.Tasks.Verifying;
using Waggle.Core.Topology;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// The open tasks and the indexes over their states: the agents that hold them, the dependencies between them and the tasks that wait for an agent. It depends
/// on the state of agents, which is created before.
/// </summary>
internal sealed class TasksState : FeatureState, ITaskView
{
    private readonly HiveContext _hive;
    private readonly AgentsState _agents;
    private readonly DurationState _durations;
    private readonly EntityTable<TaskEntity> _tasks;
    private readonly EntityTable<AttemptView> _attempts;
    private readonly DependencyGraph _dependencies = new();
    private readonly ActivityTable _activity = new();
    private readonly TaskCounts _counts = new();
    private readonly TaskMessages _messages;
    private readonly Dispatch _dispatch;
    private readonly RateWindows _windows;
    private readonly TaskMetrics _metrics;
    private readonly StopCursors _stops;

    public TasksState(HiveContext hive, AgentsState agents, IUnaddressedWork unaddressed, DurationState durations)
    {
        _hive = hive;
        _durations = durations;
        _metrics = hive.Metrics.Of(static metrics => new TaskMetrics(metrics));
        _agents = agents;
        _tasks = hive.Table(TaskFeature.Tasks);
        _attempts = hive.Table(TaskFeature.Attempts);
        _messages = new(hive, this, agents);
        _dispatch = new(hive, this, agents, unaddressed);
        _windows = new(hive, _dispatch.Limits.Rates);
        _stops = new(() => _tasks.Open, id => _tasks[id] is { State: var state } task && !state.IsTerminal() ? task : null);
        hive.Timer(AgentEntity.Entity.Name, agent => new AgentTimer(agent) { By = hive.Hub });
        hive.Commands.After<AgentTimer>((timer, _) => agents.Rearm(timer.Agent));
        hive.Timer(TaskEntity.Entity.Name, task => new TaskTimer(task) { By = hive.Hub });
        hive.Timer(OthersFirstTimer.Kind, task => new OthersFirstTimer(task) { By = hive.Hub });
        hive.Commands.Before<LeaseCommand>((command, apply) => Touch(command, apply));
        hive.Commands.Before<RenewLeases>((command, apply) => Touch(command, apply));
        hive.On<TaskRecord>(Apply);
        hive.On<TaskPurged>((purged, _, at) => Purge(purged, at));
        hive.On<CheckpointKept>((kept, _, _) => _tasks.Put(_tasks[kept.Task]! with { Checkpoint = kept.Checkpoint }));
        hive.On<LeaseExtended>((lease, _, _) => agents.Extend(lease.Task, lease.Until, lease.ByWorker));
        hive.On<LeaseRedelivered>((again, _, _) => agents.Extend(again.Task, again.Until, byWorker: false));
        hive.On<OthersHadTheirTurn>((over, _, _) => _dispatch.Pending.EndOthersFirst(over.Task));
        hive.On<SwarmStateChanged>((swarm, _, _) => _dispatch.Pending.SwarmChanged(swarm.SwarmId));
        hive.Timer(SwarmEntity.Entity.Name, swarm => new CancelStopped(swarm) { By = hive.Hub });
        hive.Commands.After<CancelStopped>(GoOn);
        hive.Views.Add<ISwarmWork>(new SwarmWork(_counts, _dispatch, static _ => true), (_, _, by) => new SwarmWork(_counts, _dispatch, by.Reaches));
        hive.Views.Add<ITaskView>(this, static (whole, _, by) => new ReachableTasks(whole, by));
        hive.Views.Add<IOpenKeys>(_dispatch.Keys, static (whole, _, _) => whole);
        hive.Views.Add<ICandidateView>(_dispatch, static (whole, limited, by) => new ReachableCandidates(whole, limited, by));
    }

    public IReadOnlyCollection<TaskEntity> Tasks => _tasks.Open;

    /// <summary>The reader of inputs that are stored elsewhere. The feature that creates such tasks sets it.</summary>
    public IInputSource? Inputs
    {
        get => _messages.Inputs;
        set => _messages.Inputs = value;
    }

    /// <summary>The queues of waiting tasks, and the index of agents for them.</summary>
    public Dispatch Dispatch => _dispatch;

    public TaskEntity? Task(string id) => _tasks[id];

    public AttemptView? Attempt(string task, int attempt) => _attempts[AttemptEntity.Id(task, attempt)];

    public string? TaskByIdempotencyKey(string swarm, string key) => _tasks.IdOf(TaskEntity.IdempotencyColumn(swarm, key));

    public TaskActivity? Activity(string task) => _activity[task];

    public int OpenDependencies(string task) => _dependencies.OpenOf(task);

    public IReadOnlyCollection<string> Dependents(string task) => _dependencies.DependentsOf(task);

    public IReadOnlyList<TaskEntity> NewestOpen(string swarm, long below, int most) =>
        _stops.Next(swarm, below, most);

    public override Task LoadMoreAsync(IStore store, DateTimeOffset now, CancellationToken cancel) => _windows.LoadAsync(store, now, cancel);

    // A lease gets one full period, because the worker may be on its way back. The ended dependencies of a blocked task met its join rule.
    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var task in _tasks.Open)
        {
            Follow(null, task);
            if (task.IsHeld) _agents.Extend(task.Id, now + task.Spec.Lease(_hive.Options), byWorker: false);
        }

        foreach (var task in _tasks.Open)
        {
            if (task.State == TaskState.Blocked) _dependencies.Link(task, _tasks);
        }
    }

    public override void EndTurn(Action<RecordData> apply) => _dispatch.Match(apply);

    public override ValueTask ReadForMessagesAsync(IStore store) => _messages.ReadAsync(store);

    public override void Report(in TurnReport turn) => TaskReport.Write(turn, _metrics, this, _counts.Open, _agents.OnlineCount, _dispatch.Pending.Limited);

    public override void EndBatch() => _messages.EndBatch();

    public override void Reset()
    {
        _stops.Reset();
        _activity.Clear();
        _dependencies.Clear();
        _counts.Clear();
        _messages.EndBatch();
        _dispatch.Clear();
    }

    private void Touch(Command command, Action<RecordData> apply)
    {
        if (command.By.Agent is { } agent) _agents.Heard(agent, apply);
    }

    private void Apply(TaskRecord record, long offset, DateTimeOffset at)
    {
        switch (record)
        {
            case TaskCreated created:
                var task = TaskEvolver.Create(created, offset, at);
                Put(null, task);
                if (task.State == TaskState.Blocked) _dependencies.Link(task, _tasks);
                return;
            case TaskProgressed progress:
                _activity.Of(progress.Task).Progress = progress.Progress;
                return;
            case TaskLogged log:
                _activity.Of(log.Task).Add(log.Lines);
                return;
            case TaskOrphanResult or TaskCheckpointed:
                return;
        }

        var before = _tasks[record.Task]!;
        if (record is TaskUsed used)
        {
            Use(before, used, at);
            return;
        }

        if (TaskEvolver.Ended(before, record, at) is { } ended) PutEnded(ended, (record as TaskCompleted)?.DurationMs);
        if (record is TaskCompleted completed) _durations.Add(completed.Ended.Agent, before.Spec.Type, completed.DurationMs, offset);
        Put(before, TaskEvolver.Evolve(before, record, at));
        if (record is not TaskAssigned assigned) return;
        _agents.Extend(assigned.Task, at + TimeSpan.FromMilliseconds(assigned.LeaseMs), byWorker: false);
        _windows.Count(before, offset, at);
    }

    // Usage changes no index, and may belong to an attempt that has ended.
    private void Use(TaskEntity before, TaskUsed used, DateTimeOffset at)
    {
        var after = TaskEvolver.Evolve(before, used, at);
        _tasks.Put(after);
        if (Attempt(used.Task, used.Attempt) is { } ended) _attempts.Put(AttemptUsage.With(ended, used.Usage, after));
    }

    // The task has ended, so no index follows it.
    private void Purge(TaskPurged purged, DateTimeOffset at)
    {
        var task = _tasks[purged.Task]!;
        _tasks.Put(TaskErasure.Of(task) with { PurgedAt = at, PurgedBy = purged.PurgedBy });
        for (var attempt = 1; attempt <= task.Attempt; attempt++)
        {
            if (Attempt(task.Id, attempt) is { } ended) _attempts.Put(TaskErasure.Of(ended));
        }
    }

    private void PutEnded(AttemptView ended, long? workedMs)
    {
        _attempts.Put(ended);
        _activity.Remove(ended.Task);
        _agents.Count(ended.Agent, ended.Outcome, workedMs);
    }

    private void Put(TaskEntity? before, TaskEntity after)
    {
        _tasks.Put(after);
        Follow(before, after);
        if (before?.State == TaskState.Blocked && after.State != TaskState.Blocked) _dependencies.Unlink(after);
        if (before is { Claim.Reviews: { } reviews } && after.Claim is null)
            _hive.Reactions.Enqueue(new CancelReviews(after.Id, reviews) { By = _hive.Hub });
        if (!after.State.IsTerminal()) return;
        if (after.Verifies is { } verified) _hive.Reactions.Enqueue(new SettleReview(verified, after.Id) { By = _hive.Hub });
        foreach (var dependent in _dependencies.End(after.Id)) _hive.Reactions.Enqueue(new SettleDependencies(dependent, after.Id) { By = _hive.Hub });
    }

    // Updates the indexes over a task's state.
    private void Follow(TaskEntity? before, TaskEntity after)
    {
        _dispatch.Follow(before, after);
        Hold(before, after);
        _counts.Move(before, after);
        _hive.Timers.Set(after.Key, TaskDeadlines.Next(after));
    }

    private void Hold(TaskEntity? before, TaskEntity after)
    {
        var had = before is { Lease: { } b } && before.IsHeld ? b.Agent : null;
        var has = after.Lease is { } a && after.IsHeld ? a.Agent : null;
        if (had == has) return;
        if (had is not null)
        {
            _agents.Release(had, after.Id);
            _activity.Remove(after.Id);
        }

        if (has is not null) _agents.Hold(has, after.Id, after.Spec.Lease(_hive.Options));
    }

    // A stop may have more to cancel than one turn took.
    private void GoOn(CancelStopped stop, Decision decision)
    {
        if (decision.Records.Count > 0) _hive.Timers.Set(new(SwarmEntity.Entity.Name, stop.Swarm), _hive.Now);
    }
}
