namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// A limit as the tasks of a waiting queue name it. The queue follows the use of its limits: while one is reached, the matcher does not look at the queue.
/// </summary>
internal abstract class TaskLimit
{
    private readonly HashSet<WaitingQueue> _queues = [];

    /// <summary>Whether neither a waiting nor a running task uses the limit.</summary>
    public virtual bool IsUnused => _queues.Count == 0;

    /// <summary>Returns the limit with its key and use, such as <c>concurrency:repo-7 (3 of 3)</c>.</summary>
    public abstract string Text(TaskEntity task);

    /// <summary>Whether another task may be assigned.</summary>
    /// <param name="most">The number that the task itself permits.</param>
    public abstract bool IsOpen(int most);

    public void Add(WaitingQueue queue) => _queues.Add(queue);

    public void Remove(WaitingQueue queue) => _queues.Remove(queue);

    /// <summary>Opens or closes the waiting queues after a change of use. A change costs the number of the limit's queues, not of its tasks.</summary>
    protected void Changed(Agenda agenda)
    {
        foreach (var queue in _queues)
        {
            if (queue.Follow() && queue.Ready) agenda.Queues.Add(queue);
        }
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
            _held = value;
            Changed(agenda);
        }
    }

    public override bool IsUnused => _held == 0 && base.IsUnused;

    public override bool IsOpen(int most) => _held < most;

    public override string Text(TaskEntity task) => $"concurrency:{key} ({_held} of {task.Spec.Concurrency!.Limit})";
}
