using Waggle.Core.Hives;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;

namespace Waggle.Core.Tests.Support;

/// <summary>
/// The order of waiting tasks by fair shares, as one would write it without an index: of the first tasks of all keys, the one whose key was served least. A task
/// that was taken does not come again; tasks that cannot be assigned do not count for their key.
/// </summary>
internal sealed class ReferenceShares
{
    private readonly Dictionary<(string Swarm, string Key), Share> _shares;
    private readonly Dictionary<string, double> _time = new(StringComparer.Ordinal);

    public ReferenceShares(HiveState state, IReadOnlyList<TaskEntity> inOrder)
    {
        _shares = inOrder.Index().GroupBy(t => KeyOf(t.Item)).ToDictionary(g => g.Key, g => new Share(state.Pending.Share(g.First().Item.Id)!.Rank, new(g), g.Count()));
        foreach (var task in inOrder) _time[task.Swarm] = state.Pending.Share(task.Id)!.Swarm.Time;
    }

    public TaskEntity? TakeFirst() => _shares.Values.Where(s => s.Tasks.Count > 0).MinBy(s => (s.Rank, s.Tasks.Peek().Index))?.Tasks.Dequeue().Task;

    /// <summary>The task that was taken last is assigned.</summary>
    public void Charge(TaskEntity task)
    {
        var share = _shares[KeyOf(task)];
        if (_shares.Count(s => s.Key.Swarm == task.Swarm && s.Value.Waiting > 0) > 1)
        {
            var time = _time[task.Swarm] = Math.Max(share.Rank.Pass, _time[task.Swarm]);
            share.Rank = share.Rank with { Pass = time + (1 / (task.Spec.Fairness?.Weight ?? 1)) };
        }

        share.Waiting--;
    }

    private static (string Swarm, string Key) KeyOf(TaskEntity task) => (task.Swarm, task.Spec.Fairness?.Key ?? "");

    private sealed class Share(FairRank rank, Queue<(int Index, TaskEntity Task)> tasks, int waiting)
    {
        public FairRank Rank { get; set; } = rank;

        public Queue<(int Index, TaskEntity Task)> Tasks => tasks;

        /// <summary>The tasks that are not assigned.</summary>
        public int Waiting { get; set; } = waiting;
    }
}
