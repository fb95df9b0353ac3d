namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// A limit as the tasks of a waiting queue name it. The queue follows the use of its limits: while one is reached, the matcher does not look at the queue.
/// </summary>
internal abstract class TaskLimit
{
    // By what their tasks permit: a change of use by one opens or closes the queues of one number.
    private readonly Dictionary<int, HashSet<WaitingQueue>> _queues = [];

    /// <summary>Whether neither a waiting nor a running task uses the limit.</summary>
    public virtual bool IsUnused => _queues.Count == 0;

    /// <summary>Returns the limit with its key and use, such as <c>concurrency:repo-7 (3 of 3)</c>.</summary>
    public abstract string Text(TaskEntity task);

    /// <summary>Whether another task may be assigned.</summary>
    /// <param name="most">The number that the task itself permits.</param>
    public abstract bool IsOpen(int most);

    public void Add(WaitingQueue queue, int most)
    {
        if (!_queues.TryGetValue(most, out var queues)) _queues[most] = queues = [];
        queues.Add(queue);
    }

    public void Remove(WaitingQueue queue, int most)
    {
        if (_queues.TryGetValue(most, out var queues) && queues.Remove(queue) && queues.Count == 0) _queues.Remove(most);
    }

    /// <summary>Opens or closes waiting queues after a change of use. That costs the number of these queues, not of their tasks.</summary>
    protected void Changed(Agenda agenda, int before, int after)
    {
        if (Math.Abs(after - before) == 1)
        {
            if (_queues.TryGetValue(Math.Max(before, after), out var queues)) Follow(queues, agenda);
        }
        else
        {
            foreach (var queues in _queues.Values) Follow(queues, agenda);
        }

        agenda.Openings.Lift();
    }

    private static void Follow(HashSet<WaitingQueue> queues, Agenda agenda)
    {
        foreach (var queue in queues) queue.Follow(agenda);
    }
}

/// <summary>The tasks with one concurrency key that agents hold.</summary>
internal sealed class ConcurrencyLimit(Agenda agenda, string key) : TaskLimit
{
    private int _held;

    public string Key => key;

    public int Held
    {
        get => _held;
        set
        {
            var before = _held;
            _held = value;
            Changed(agenda, before, value);
        }
    }

    public override bool IsUnused => _held == 0 && base.IsUnused;

    public override bool IsOpen(int most) => _held < most;

    public override string Text(TaskEntity task) => $"concurrency:{key} ({_held} of {task.Spec.Concurrency!.Limit})";
}
