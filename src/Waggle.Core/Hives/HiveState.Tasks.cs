using Waggle.Core.Agents;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives;

internal sealed partial class HiveState
{
    private static readonly IReadOnlyDictionary<TaskState, int> NoTasks = new Dictionary<TaskState, int>();
    private readonly Dictionary<string, TaskEntity> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskEntity> _coldTasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AttemptView> _attempts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _taskByKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _coldTaskByKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _leaseUntil = new(StringComparer.Ordinal);
    private readonly HashSet<string> _acknowledged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskActivity> _activity = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _openDependencies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<TaskState, int>> _counts = new(StringComparer.Ordinal);
    private readonly long[] _open = new long[Enum.GetValues<TaskState>().Length];
    private readonly List<TaskEntity> _ended = [];
    private long _assignments;

    public IReadOnlyCollection<TaskEntity> Tasks => _tasks.Values;

    /// <summary>Open tasks of all swarms, indexed by state.</summary>
    public ReadOnlySpan<long> Open => _open;

    public TaskEntity? Task(string id) => _tasks.GetValueOrDefault(id) ?? _coldTasks.GetValueOrDefault(id);

    public AttemptView? Attempt(string task, int attempt) => _attempts.GetValueOrDefault(AttemptEntity.Id(task, attempt));

    public AttemptView? Attempt(string id) => _attempts.GetValueOrDefault(id);

    public string? TaskByIdempotencyKey(string swarm, string key) => TaskByColumn(TaskEntity.IdempotencyColumn(swarm, key));

    public string? TaskByColumn(string column) => _taskByKey.GetValueOrDefault(column) ?? _coldTaskByKey.GetValueOrDefault(column);

    public DateTimeOffset? LeaseUntil(string task) => _leaseUntil.TryGetValue(task, out var until) ? until : null;

    public bool IsAcknowledged(string task) => _acknowledged.Contains(task);

    public int CountQualified(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null) =>
        Candidates.CountQualified(TaskNeed.Of(swarm, requires, type, assignTo), except);

    public int CountAgents(string swarm) => Candidates.CountIn(swarm);

    public IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type) => Candidates.Near(swarm, requires, type);

    public DateTimeOffset? OthersUntil(string task) => Pending.OthersUntil(task);

    public TaskActivity? Activity(string task) => _activity.GetValueOrDefault(task);

    public int OpenDependencies(string task) => _openDependencies.GetValueOrDefault(task);

    public IReadOnlyCollection<string> Dependents(string task) => _dependents.TryGetValue(task, out var set) ? set : [];

    public IReadOnlyDictionary<TaskState, int> OpenTasks(string swarm) => _counts.GetValueOrDefault(swarm) ?? NoTasks;

    public IReadOnlyList<TaskEntity> NewestOpen(string swarm, long below, int most) =>
    [
        .. _tasks.Values.Where(t => t.Swarm == swarm && t.Seq < below && t.State != TaskState.Cancelling && !t.State.IsTerminal())
            .OrderByDescending(t => t.Seq).Take(most),
    ];

    /// <summary>A closed entity that a command of this batch asked for.</summary>
    public void PutCold(TaskEntity task)
    {
        if (_tasks.ContainsKey(task.Id)) return;
        _coldTasks[task.Id] = task;
        if (task.Spec.IdempotencyKey is { } key) _coldTaskByKey[TaskEntity.IdempotencyColumn(task.Swarm, key)] = task.Id;
    }

    public void PutCold(AttemptView attempt) => _attempts.TryAdd(AttemptEntity.Id(attempt.Task, attempt.Attempt), attempt);

    /// <summary>An open task as it was stored. Its lease gets one full period: the worker may be on its way back.</summary>
    public void Load(TaskEntity task, DateTimeOffset now)
    {
        Put(null, task);
        if (task.State.IsHeld()) Extend(new LeaseExtended(task.Id, now + task.Spec.Lease(_options), ByWorker: false));
    }

    // When all are loaded: what blocked tasks still wait for. The others of their dependencies have ended, as their join rule wants it.
    private void LinkDependencies()
    {
        foreach (var task in _tasks.Values)
        {
            if (task.State == TaskState.Blocked) Link(task);
        }
    }

    private void Apply(TaskRecord record, long offset, DateTimeOffset at)
    {
        switch (record)
        {
            case TaskCreated created:
                var task = TaskEvolver.Create(created, offset, at);
                Put(null, task);
                if (task.State == TaskState.Blocked) Link(task);
                return;
            case TaskProgressed progress:
                ActivityOf(progress.Task).Progress = progress.Progress;
                return;
            case TaskLogged log:
                var tail = ActivityOf(log.Task).LogTail;
                foreach (var line in log.Lines) tail.Enqueue(PlainText.Clip(line, 500));
                while (tail.Count > TaskActivity.TailLines) tail.Dequeue();
                return;
            case TaskOrphanResult:
                return;
        }

        var before = _tasks[record.Task];
        if (TaskEvolver.Ended(before, record, at) is { } ended) PutEnded(ended, (record as TaskCompleted)?.DurationMs);
        Put(before, TaskEvolver.Evolve(before, record, at));
        if (record is TaskAssigned assigned) Extend(new LeaseExtended(assigned.Task, at + TimeSpan.FromMilliseconds(assigned.LeaseMs), ByWorker: false));
    }

    private void PutEnded(AttemptView ended, long? workedMs)
    {
        var id = AttemptEntity.Id(ended.Task, ended.Attempt);
        _attempts[id] = ended;
        _dirty.Add(new(AttemptEntity.Entity.Name, id));
        _activity.Remove(ended.Task);
        CountFor(ended.Agent, ended.Outcome, workedMs);
    }

    private void Put(TaskEntity? before, TaskEntity after)
    {
        _tasks[after.Id] = after;
        _dirty.Add(after.Key);
        if (before is null && after.Spec.IdempotencyKey is { } key) _taskByKey[TaskEntity.IdempotencyColumn(after.Swarm, key)] = after.Id;
        if (after.State == TaskState.Pending) Pending.Put(after);
        else if (before?.State == TaskState.Pending) Pending.Remove(after.Id);
        Timers.Set(new(OthersFirstTimer.Kind, after.Id), Pending.OthersUntil(after.Id));
        Hold(before, after);
        Count(before, after);
        if (before?.State == TaskState.Blocked && after.State != TaskState.Blocked) Unlink(after);
        if (after.State.IsTerminal()) End(after);
        Timers.Set(after.Key, TaskDeadlines.Next(after));
    }

    private void Hold(TaskEntity? before, TaskEntity after)
    {
        var had = before is { Lease: { } b } && before.State.IsHeld() ? b.Agent : null;
        var has = after.Lease is { } a && after.State.IsHeld() ? a.Agent : null;
        if (had == has) return;
        if (had is not null)
        {
            PresenceOf(had).Holding.Remove(after.Id);
            Candidates.Touch(had);
            _leaseUntil.Remove(after.Id);
            _acknowledged.Remove(after.Id);
            _activity.Remove(after.Id);
        }

        if (has is null) return;
        var presence = PresenceOf(has);
        presence.Holding.Add(after.Id);
        presence.LastAssigned = ++_assignments;
        Candidates.Touch(has);
    }

    private void Count(TaskEntity? before, TaskEntity after)
    {
        if (before?.State == after.State) return;
        if (!_counts.TryGetValue(after.Swarm, out var counts)) _counts[after.Swarm] = counts = [];
        if (before is not null)
        {
            _open[(int)before.State]--;
            if (--counts[before.State] == 0) counts.Remove(before.State);
        }

        if (after.State.IsTerminal()) return;
        _open[(int)after.State]++;
        counts[after.State] = counts.GetValueOrDefault(after.State) + 1;
    }

    private void Link(TaskEntity task)
    {
        var open = 0;
        foreach (var dependency in task.Spec.DependsOn ?? [])
        {
            if (!_tasks.TryGetValue(dependency, out var other) || other.State.IsTerminal()) continue;
            if (!_dependents.TryGetValue(dependency, out var set)) _dependents[dependency] = set = new(StringComparer.Ordinal);
            if (set.Add(task.Id)) open++;
        }

        _openDependencies[task.Id] = open;
    }

    private void Unlink(TaskEntity task)
    {
        _openDependencies.Remove(task.Id);
        foreach (var dependency in task.Spec.DependsOn ?? [])
        {
            if (_dependents.TryGetValue(dependency, out var set) && set.Remove(task.Id) && set.Count == 0) _dependents.Remove(dependency);
        }
    }

    private void End(TaskEntity task)
    {
        _ended.Add(task);
        if (!_dependents.Remove(task.Id, out var waiting)) return;
        foreach (var dependent in waiting)
        {
            _openDependencies[dependent] = OpenDependencies(dependent) - 1;
            Reactions.Enqueue(new SettleDependencies(dependent, task.Id) { By = Principal.Hub(Hive) });
        }
    }

    private void Extend(LeaseExtended lease)
    {
        if (!_tasks.TryGetValue(lease.Task, out var task) || !task.State.IsHeld()) return;
        _leaseUntil[lease.Task] = lease.Until;
        if (lease.ByWorker) _acknowledged.Add(lease.Task);
        Timers.SetEarlier(new(AgentEntity.Entity.Name, task.Lease!.Agent), lease.Until);
    }

    private TaskActivity ActivityOf(string task)
    {
        if (!_activity.TryGetValue(task, out var activity)) _activity[task] = activity = new();
        return activity;
    }

    private void ForgetEnded()
    {
        foreach (var task in _ended)
        {
            _tasks.Remove(task.Id);
            if (task.Spec.IdempotencyKey is { } key) _taskByKey.Remove(TaskEntity.IdempotencyColumn(task.Swarm, key));
        }

        _ended.Clear();
        _coldTasks.Clear();
        _coldTaskByKey.Clear();
        _attempts.Clear();
    }

    private void ResetTasks()
    {
        _tasks.Clear();
        _taskByKey.Clear();
        _leaseUntil.Clear();
        _acknowledged.Clear();
        _activity.Clear();
        _dependents.Clear();
        _openDependencies.Clear();
        _counts.Clear();
        Array.Clear(_open);
        _ended.Clear();
        _coldTasks.Clear();
        _coldTaskByKey.Clear();
        _attempts.Clear();
        Pending.Clear();
        Agenda.Clear();
    }
}
