namespace Waggle.Core.Tasks.Matching;

/// <summary>What a waiting task waits for beside an agent.</summary>
/// <param name="Key">The name under which the hold ends again.</param>
/// <param name="Text">The name with figures, for people.</param>
internal sealed record WorkHold(string Key, string Text);

/// <summary>
/// The swarms and tasks that may not start for now, and why. Features outside add and end holds. A held task is in no queue, and the queues of a held swarm are
/// not looked at; both are looked at again when their last hold ends. Only the owner's loop uses it.
/// </summary>
/// <param name="swarmChanged">Called for a swarm, or with null for all, whose tasks may start again.</param>
/// <param name="taskChanged">Called for a task that may not start any more, or that may start again.</param>
internal sealed class WorkHolds(Action<string?> swarmChanged, Action<string> taskChanged)
{
    private const string All = "";

    private readonly Dictionary<string, Dictionary<string, WorkHold>> _swarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, WorkHold>> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, WorkHold>> _groups = new(StringComparer.Ordinal);

    public bool HasGroups => _groups.Count > 0;

    /// <summary>Holds the tasks of a swarm; null for all swarms.</summary>
    public void AddSwarm(string? swarm, WorkHold hold) => Add(_swarms, swarm ?? All, hold);

    public void EndSwarm(string? swarm, string key)
    {
        if (End(_swarms, swarm ?? All, key)) swarmChanged(swarm);
    }

    public void AddTask(string task, WorkHold hold)
    {
        Add(_tasks, task, hold);
        taskChanged(task);
    }

    public void EndTask(string task, string key)
    {
        if (End(_tasks, task, key)) taskChanged(task);
    }

    /// <summary>Notes that the tasks of a group, such as a workflow run, are held. Its feature holds the tasks themselves.</summary>
    public void AddGroup(string group, WorkHold hold) => Add(_groups, group, hold);

    public void EndGroup(string group, string key) => End(_groups, group, key);

    public IReadOnlyCollection<WorkHold> OfGroup(string group) => _groups.TryGetValue(group, out var holds) ? holds.Values : [];

    /// <summary>Forgets a task that has ended.</summary>
    public void Forget(string task)
    {
        if (_tasks.Count > 0) _tasks.Remove(task);
    }

    public bool HoldsSwarm(string swarm) => _swarms.Count > 0 && (_swarms.ContainsKey(swarm) || _swarms.ContainsKey(All));

    public bool HoldsTask(string task) => _tasks.Count > 0 && _tasks.ContainsKey(task);

    /// <summary>Returns what a task waits for; null if it may start.</summary>
    public WorkHold? Of(string task, string swarm) => First(_tasks, task) ?? First(_swarms, swarm) ?? First(_swarms, All);

    public void Clear()
    {
        _swarms.Clear();
        _tasks.Clear();
        _groups.Clear();
    }

    private static void Add(Dictionary<string, Dictionary<string, WorkHold>> all, string name, WorkHold hold)
    {
        if (!all.TryGetValue(name, out var holds)) all[name] = holds = new(StringComparer.Ordinal);
        holds[hold.Key] = hold;
    }

    private static bool End(Dictionary<string, Dictionary<string, WorkHold>> all, string name, string key)
    {
        if (!all.TryGetValue(name, out var holds) || !holds.Remove(key) || holds.Count > 0) return false;
        all.Remove(name);
        return true;
    }

    private static WorkHold? First(Dictionary<string, Dictionary<string, WorkHold>> all, string name) =>
        all.Count > 0 && all.TryGetValue(name, out var holds) ? holds.MinBy(h => h.Key, StringComparer.Ordinal).Value : null;
}
