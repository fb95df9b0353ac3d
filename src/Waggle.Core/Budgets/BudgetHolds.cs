using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Matching;
using Waggle.Core.Workflows;

namespace Waggle.Core.Budgets;

/// <summary>
/// Holds the waiting work under spent budgets. A spent budget of a run holds each task that the run has, and each that it starts; that costs as much as the run
/// has open tasks, once. Only the owner's loop uses it.
/// </summary>
internal sealed class BudgetHolds(HiveContext hive, WorkHolds holds)
{
    /// <param name="used">The used part as text; empty for none.</param>
    public void Add(BudgetEntity budget, string used)
    {
        var hold = new WorkHold(KeyOf(budget), used.Length == 0 ? KeyOf(budget) : $"{KeyOf(budget)} ({used})");
        if (budget.Spec.Task is { } task) holds.AddTask(task, hold);
        else if (budget.Spec.Run is { } run) Add(run, hold);
        else holds.AddSwarm(budget.Spec.Swarm, hold);
    }

    public void End(BudgetEntity budget)
    {
        if (budget.Spec.Task is { } task) holds.EndTask(task, KeyOf(budget));
        else if (budget.Spec.Run is { } run) End(run, KeyOf(budget));
        else holds.EndSwarm(budget.Spec.Swarm, KeyOf(budget));
    }

    /// <summary>Holds a task that a run starts, while the run or one above it is held.</summary>
    public void Begin(string task)
    {
        if (!holds.HasGroups) return;
        foreach (var run in hive.Workflows.RunsOf(task))
        {
            foreach (var hold in holds.OfGroup(run)) holds.AddTask(task, hold);
        }
    }

    /// <summary>Forgets the holds of a task that has ended.</summary>
    public void Forget(string task) => holds.Forget(task);

    private void Add(string run, WorkHold hold)
    {
        holds.AddGroup(run, hold);
        foreach (var task in hive.Workflows.TasksUnder(run)) holds.AddTask(task, hold);
    }

    private void End(string run, string key)
    {
        holds.EndGroup(run, key);
        foreach (var task in hive.Workflows.TasksUnder(run)) holds.EndTask(task, key);
    }

    private static string KeyOf(BudgetEntity budget) => $"budget:{budget.Id}";
}
