namespace Waggle.Core.Tasks.Matching;

/// <summary>What the tasks of one queue of a requirement have in common.</summary>
/// <param name="Avoid">The agents that had the tasks before, in order and with commas between them; empty for none.</param>
/// <param name="Share">The fairness key; empty for none.</param>
internal readonly record struct QueueKey(string Avoid, string Share, QueueLimits Limits);

/// <summary>The limits of a queue, and what its tasks permit.</summary>
/// <param name="Most">The number of tasks with the concurrency key that may be held.</param>
/// <param name="MostInPeriod">The number of tasks that may be assigned in a period of the rate limit.</param>
internal readonly record struct QueueLimits(ConcurrencyLimit? Concurrency, int Most, TaskRateLimit? Rate, int MostInPeriod)
{
    /// <summary>The limit that is reached; null if another task may be assigned.</summary>
    public TaskLimit? Closed => Concurrency?.IsOpen(Most) == false ? Concurrency : Rate?.IsOpen(MostInPeriod) == false ? Rate : null;

    public void Add(WaitingQueue queue)
    {
        Concurrency?.Add(queue, Most);
        Rate?.Add(queue, MostInPeriod);
    }

    public void Remove(WaitingQueue queue)
    {
        Concurrency?.Remove(queue, Most);
        Rate?.Remove(queue, MostInPeriod);
    }
}

/// <summary>The number of waiting tasks that a limit keeps from being assigned.</summary>
internal sealed class LimitedTasks
{
    public int Count { get; set; }
}
