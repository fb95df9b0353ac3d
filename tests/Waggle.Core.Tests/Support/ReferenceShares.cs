using Waggle.Core.Hives;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;

namespace Waggle.Core.Tests.Support;

/// <summary>
/// The order of waiting tasks by fair shares, as one would write it without an index: of the first tasks of all keys, the one whose key was served least. A task
/// that was taken does not come again; tasks that cannot be assigned do not count for their key. An assignment counts if a task of another key waits for its agent.
/// </summary>
internal sealed class ReferenceShares
{
    private readonly Dictionary<(string Swarm, string Key), Share> _shares;
    private readonly HashSet<TaskEntity> _waiting;

    public ReferenceShares(HiveState state, IReadOnlyList<TaskEntity> inOrder)
    {
        _shares = inOrder.Index().GroupBy(t => KeyOf(t.Item)).ToDictionary(g => g.Key, g => new Share(state.Pending.Share(g.First().Item.Id)!.Rank, new(g)));
        _waiting = new(inOrder, ReferenceEqualityComparer.Instance);
    }

    public TaskEntity? TakeFirst() => _shares.Values.Where(s => s.Tasks.Count > 0).MinBy(s => (s.Rank, s.Tasks.Peek().Index))?.Tasks.Dequeue().Task;

    /// <summary>The task that was taken last is assigned.</summary>
    /// <param name="waitsFor">Whether a task waits for the agent that gets it.</param>
    public void Charge(TaskEntity task, Func<TaskEntity, bool> waitsFor)
    {
        var share = _shares[KeyOf(task)];
        if (_waiting.Any(t => KeyOf(t) != KeyOf(task) && waitsFor(t)))
            share.Rank = share.Rank with { Pass = share.Rank.Pass + (1 / (task.Spec.Fairness?.Weight ?? 1)) };
        _waiting.Remove(task);
    }

    private static (string Swarm, string Key) KeyOf(TaskEntity task) => (task.Swarm, task.Spec.Fairness?.Key ?? "");

    private sealed class Share(FairRank rank, Queue<(int Index, TaskEntity Task)> tasks)
    {
        public FairRank Rank { get; set; } = rank;

        public Queue<(int Index, TaskEntity Task)> Tasks => tasks;
    }
}
