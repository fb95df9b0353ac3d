namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// The waiting tasks by requirement. Tasks of one swarm with the same requirement share a queue, so that one look at the agents serves them all. Within a queue
/// the order is <c>first queued at + (priority - 1) × ageing</c>: a priority class equals a fixed waiting time, so that tasks age without another sort.
/// </summary>
internal sealed class PendingQueue(TimeSpan ageing, TimeSpan othersFirst, AgentIndex agents, Agenda agenda, TaskLimits taskLimits, WorkBars bars)
{
    private readonly FairShares _shares = new();
    private readonly LimitedTasks _limited = new();
    private readonly Dictionary<string, Requirement> _requirements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<Requirement>> _swarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Place> _entries = new(StringComparer.Ordinal);
    private long _queues;

    public int Count => _entries.Count;

    /// <summary>The number of tasks that a limit keeps from being assigned.</summary>
    public int Limited => _limited.Count;

    public IReadOnlyCollection<Requirement> Requirements => _requirements.Values;

    /// <summary>Adds a task or moves it to its new place. The state of its requirement remains: a change of priority begins no new episode.</summary>
    public void Put(TaskEntity task)
    {
        var old = _entries.GetValueOrDefault(task.Id);
        var rank = new Rank((task.FirstQueuedAt ?? task.QueuedAt!.Value) + (ageing * (task.Priority - 1)), task.Seq, task.Id);
        var avoid = old?.OthersUntil is null && old is not null ? null : task.Avoid;
        var requirement = old?.Queue.Requirement is { } same && same.Need.AssignTo == task.OnlyFor ? same : RequirementOf(task);
        Move(old, rank, requirement, avoid, ShareOf(task), old?.Queue.Id.Limits ?? taskLimits.Of(task), task.QueuedAt!.Value + othersFirst);
    }

    /// <summary>Returns the time until which a waiting task goes to agents that have not had it; null if it goes to any agent.</summary>
    public DateTimeOffset? OthersUntil(string task) => _entries.GetValueOrDefault(task)?.OthersUntil;

    /// <summary>Ends the preference for other agents: any qualified agent gets the task.</summary>
    public void EndOthersFirst(string task)
    {
        if (_entries.GetValueOrDefault(task) is not { OthersUntil: not null } place) return;
        var id = place.Queue.Id;
        Move(place, place.Rank, place.Queue.Requirement, null, id.Share, id.Limits, default);
    }

    /// <summary>Returns the limit that keeps a waiting task from being assigned, with its key and use; null if none does.</summary>
    public string? WaitingFor(TaskEntity task) => _entries.GetValueOrDefault(task.Id)?.Queue.Id.Limits.Closed?.Text(task);

    /// <summary>Returns the share that a waiting task belongs to.</summary>
    public FairShare? Share(string task) => _entries.GetValueOrDefault(task)?.Queue.Share;

    /// <summary>Removes a task that an agent gets, and counts it for its share.</summary>
    public void Assign(TaskEntity task)
    {
        if (Share(task.Id) is { } share && agents.Serve(task.Lease!.Agent, share)) share.Charge(task.Spec.Fairness?.Weight ?? 1);
        Remove(task.Id);
    }

    public void Remove(string task)
    {
        if (_entries.Remove(task, out var place)) Leave(place);
    }

    /// <summary>Notes that a swarm was paused, stopped or resumed.</summary>
    public void SwarmChanged(string swarm)
    {
        foreach (var requirement in _swarms.GetValueOrDefault(swarm) ?? [])
        {
            requirement.SaidUnschedulable = false;
            agenda.Requirements.Add(requirement);
            foreach (var queue in requirement.Queues.Values) agenda.Queues.Add(queue);
        }
    }

    /// <summary>Notes that the tasks of a swarm, or of all swarms, may start again.</summary>
    public void HoldEnded(string? swarm)
    {
        foreach (var requirement in swarm is null ? _requirements.Values : _swarms.GetValueOrDefault(swarm) ?? (IEnumerable<Requirement>)[])
        {
            foreach (var queue in requirement.Queues.Values) agenda.Queues.Add(queue);
        }
    }

    public void Clear()
    {
        _requirements.Clear();
        _swarms.Clear();
        _entries.Clear();
        _shares.Clear();
        _limited.Count = 0;
    }

    // The task enters its new place before it leaves the old one, so that a requirement with a single task survives the move.
    private void Move(
        Place? from, Rank rank, Requirement requirement, IReadOnlyCollection<string>? avoid, string share, QueueLimits limits, DateTimeOffset until)
    {
        var queue = QueueOf(requirement, avoid ?? [], share, limits);
        agenda.Queues.Add(queue);
        agenda.Requirements.Add(requirement);
        if (from?.Queue == queue && from.Rank == rank) return;
        queue.Add(rank);
        _entries[rank.Task] = new Place(queue, rank, queue.IsChoosy ? until : null);
        if (from is not null) Leave(from);
    }

    private void Leave(Place place)
    {
        var (queue, requirement) = (place.Queue, place.Queue.Requirement);
        queue.Remove(place.Rank);
        if (queue.IsEmpty) Close(queue);
        if (requirement.Waiting > 0) return;
        _requirements.Remove(requirement.Need.Key);
        requirement.Group.Requirements.Remove(requirement);
        if (_swarms.TryGetValue(requirement.Need.Swarm, out var all) && all.Remove(requirement) && all.Count == 0) _swarms.Remove(requirement.Need.Swarm);
    }

    private void Close(WaitingQueue queue)
    {
        var (requirement, limits) = (queue.Requirement, queue.Id.Limits);
        requirement.Queues.Remove(queue.Id);
        limits.Remove(queue);
        _shares.Leave(requirement.Need.Swarm, queue.Share, requirement.Group.Queues.Time);
        taskLimits.Release(requirement.Need.Swarm, limits);
    }

    private WaitingQueue QueueOf(Requirement requirement, IReadOnlyCollection<string> avoid, string share, QueueLimits limits)
    {
        var key = new QueueKey(avoid.Count == 0 ? "" : string.Join(',', avoid.Order(StringComparer.Ordinal)), share, limits);
        if (requirement.Queues.TryGetValue(key, out var queue)) return queue;
        var entered = _shares.Enter(requirement.Need.Swarm, share, requirement.Group.Queues.Time);
        queue = new WaitingQueue(requirement, key, avoid, ++_queues, entered, _limited);
        limits.Add(queue);
        return requirement.Queues[key] = queue;
    }

    private static string ShareOf(TaskEntity task) => task.Spec.Fairness?.Key ?? "";

    private Requirement RequirementOf(TaskEntity task)
    {
        var need = TaskNeed.Of(task, bars.Of(task.Id)?.Agents);
        if (_requirements.TryGetValue(need.Key, out var requirement)) return requirement;
        requirement = _requirements[need.Key] = new Requirement(need, agents.GroupOf(need), ++_queues);
        requirement.Group.Requirements.Add(requirement);
        if (!_swarms.TryGetValue(need.Swarm, out var all)) _swarms[need.Swarm] = all = [];
        all.Add(requirement);
        return requirement;
    }

    private sealed record Place(WaitingQueue Queue, Rank Rank, DateTimeOffset? OthersUntil);
}
