namespace Waggle.Core.Tasks.Matching;

/// <summary>The limits of all keys. Only the owner's loop uses it.</summary>
internal sealed class TaskLimits(Agenda agenda)
{
    public ConcurrencyLimits Concurrency { get; } = new(agenda);

    public RateLimits Rates { get; } = new(agenda);

    /// <summary>Returns the limits that a task names.</summary>
    public QueueLimits Of(TaskEntity task) =>
        new(Concurrency.Of(task), task.Spec.Concurrency?.Limit ?? 0, Rates.Of(task), task.Spec.Rate?.Limit ?? 0);

    /// <summary>Forgets the limits of a queue that nothing uses any more.</summary>
    public void Release(string swarm, QueueLimits limits)
    {
        if (limits.Concurrency is { } concurrency) Concurrency.Release(swarm, concurrency);
        if (limits.Rate is { } rate) Rates.Release(rate);
    }

    public void Clear()
    {
        Concurrency.Clear();
        Rates.Clear();
    }
}
