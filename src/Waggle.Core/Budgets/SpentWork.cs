using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>
/// The tasks under spent budgets that agents still hold. They are found once when a budget is spent, because nothing starts under it from then on. Only the
/// owner's loop uses it.
/// </summary>
internal sealed class SpentWork(HiveContext hive)
{
    private readonly Dictionary<string, Queue<string>> _left = new(StringComparer.Ordinal);

    /// <summary>Returns the next tasks to stop, without those that have stopped or are asked to.</summary>
    public IReadOnlyList<string> Next(BudgetEntity budget, int most)
    {
        if (!_left.TryGetValue(budget.Id, out var left)) _left[budget.Id] = left = new(HeldUnder(budget.Spec));
        while (left.TryPeek(out var first) && !IsLeft(first)) left.Dequeue();
        return [.. left.Where(IsLeft).Take(most)];
    }

    public void Forget(string budget) => _left.Remove(budget);

    public void Clear() => _left.Clear();

    private bool IsLeft(string id) => hive.Task(id) is { IsHeld: true, Stop: null, State: not TaskState.Cancelling };

    // The swarm is that of the task: an agent may have moved to another one while it holds a task.
    private IEnumerable<string> HeldUnder(BudgetSpec spec) => spec.Task is { } task ? [task]
        : spec.Run is { } run ? hive.Workflows.TasksUnder(run)
        : hive.Agents.SelectMany(a => hive.Presence(a.Id)?.Holding ?? (IEnumerable<string>)[])
            .Where(id => spec.Swarm is null || hive.Task(id)?.Swarm == spec.Swarm);
}
