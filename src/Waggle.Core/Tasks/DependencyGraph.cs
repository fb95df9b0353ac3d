using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The dependencies of blocked tasks on open tasks. Only the owner's loop uses it.</summary>
internal sealed class DependencyGraph
{
    private readonly Dictionary<string, HashSet<string>> _dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Returns the number of a blocked task's dependencies that have not ended.</summary>
    public int OpenOf(string task) => _open.GetValueOrDefault(task);

    /// <summary>Returns the blocked tasks that wait for this one.</summary>
    public IReadOnlyCollection<string> DependentsOf(string task) => _dependents.TryGetValue(task, out var set) ? set : [];

    /// <summary>Adds a blocked task, which waits for those of its dependencies that are open.</summary>
    public void Link(TaskEntity task, EntityTable<TaskEntity> tasks)
    {
        var open = 0;
        foreach (var dependency in task.Spec.DependsOn ?? [])
        {
            if (tasks[dependency] is not { } other || other.State.IsTerminal()) continue;
            if (!_dependents.TryGetValue(dependency, out var set)) _dependents[dependency] = set = new(StringComparer.Ordinal);
            if (set.Add(task.Id)) open++;
        }

        _open[task.Id] = open;
    }

    /// <summary>Removes a task that is no longer blocked.</summary>
    public void Unlink(TaskEntity task)
    {
        _open.Remove(task.Id);
        foreach (var dependency in task.Spec.DependsOn ?? [])
        {
            if (_dependents.TryGetValue(dependency, out var set) && set.Remove(task.Id) && set.Count == 0) _dependents.Remove(dependency);
        }
    }

    /// <summary>Removes a task that ended.</summary>
    /// <returns>The tasks that waited for it.</returns>
    public IReadOnlyCollection<string> End(string task)
    {
        if (!_dependents.Remove(task, out var waiting)) return [];
        foreach (var dependent in waiting) _open[dependent] = OpenOf(dependent) - 1;
        return waiting;
    }

    public void Clear()
    {
        _dependents.Clear();
        _open.Clear();
    }
}
