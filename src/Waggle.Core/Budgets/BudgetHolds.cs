using Waggle.Core.Tasks.Matching;

namespace Waggle.Core.Budgets;

/// <summary>Holds the waiting work under spent budgets. Only the owner's loop uses it.</summary>
internal sealed class BudgetHolds(WorkHolds holds)
{
    /// <param name="used">The used part as text.</param>
    public void Add(BudgetEntity budget, string used)
    {
        var hold = new WorkHold(KeyOf(budget), $"{KeyOf(budget)} ({used})");
        if (budget.Spec.Task is { } task) holds.AddTask(task, hold);
        else holds.AddSwarm(budget.Spec.Swarm, hold);
    }

    public void End(BudgetEntity budget)
    {
        if (budget.Spec.Task is { } task) holds.EndTask(task, KeyOf(budget));
        else holds.EndSwarm(budget.Spec.Swarm, KeyOf(budget));
    }

    private static string KeyOf(BudgetEntity budget) => $"budget:{budget.Id}";
}
