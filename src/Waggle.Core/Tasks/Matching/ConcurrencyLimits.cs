namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// The concurrency keys of waiting and held tasks, by swarm. The counts follow from the tasks, so a restart rebuilds them. Only the owner's loop uses it.
/// </summary>
internal sealed class ConcurrencyLimits(Agenda agenda)
{
    private readonly Dictionary<(string Swarm, string Key), ConcurrencyLimit> _limits = [];

    /// <summary>Returns the limit with the concurrency key of a task; null for a task without one.</summary>
    public ConcurrencyLimit? Of(TaskEntity task)
    {
        if (task.Spec.Concurrency is not { } spec) return null;
        if (!_limits.TryGetValue((task.Swarm, spec.Key), out var limit)) _limits[(task.Swarm, spec.Key)] = limit = new(agenda, spec.Key);
        return limit;
    }

    /// <summary>Counts a task that an agent begins or ceases to hold. A suspended task and one whose result is checked are not held.</summary>
    public void Follow(TaskEntity? before, TaskEntity after)
    {
        if (after.Spec.Concurrency is null || (before?.IsHeld ?? false) == after.IsHeld) return;
        var limit = Of(after)!;
        limit.Held += after.IsHeld ? 1 : -1;
        Release(after.Swarm, limit);
    }

    /// <summary>Forgets a limit that no task uses.</summary>
    public void Release(string swarm, ConcurrencyLimit limit)
    {
        if (limit.IsUnused) _limits.Remove((swarm, limit.Key));
    }

    public void Clear() => _limits.Clear();
}
