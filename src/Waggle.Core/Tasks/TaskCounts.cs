using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The number of open tasks by state, for each swarm and for all. Only the owner's loop uses it.</summary>
internal sealed class TaskCounts
{
    private static readonly IReadOnlyDictionary<TaskState, int> None = new Dictionary<TaskState, int>();
    private readonly Dictionary<string, Dictionary<TaskState, int>> _bySwarm = new(StringComparer.Ordinal);
    private readonly long[] _open = new long[Enum.GetValues<TaskState>().Length];

    /// <summary>The number of open tasks of all swarms, indexed by state.</summary>
    public ReadOnlySpan<long> Open => _open;

    public IReadOnlyDictionary<TaskState, int> Of(string swarm) => _bySwarm.GetValueOrDefault(swarm) ?? None;

    /// <param name="before">The value before; null for a new task.</param>
    public void Move(TaskEntity? before, TaskEntity after)
    {
        if (before?.State == after.State) return;
        if (!_bySwarm.TryGetValue(after.Swarm, out var counts)) _bySwarm[after.Swarm] = counts = [];
        if (before is not null)
        {
            _open[(int)before.State]--;
            if (--counts[before.State] == 0) counts.Remove(before.State);
        }

        if (after.State.IsTerminal()) return;
        _open[(int)after.State]++;
        counts[after.State] = counts.GetValueOrDefault(after.State) + 1;
    }

    public void Clear()
    {
        _bySwarm.Clear();
        Array.Clear(_open);
    }
}
