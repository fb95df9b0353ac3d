using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;
using Waggle.Core.Workflows;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>
/// The agents whose last report has tokens and no known cost: a budget of money refuses them, unless it allows unknown costs. What is known is in memory, so
/// after a restart, or after it was offline, an agent works until its first report. Only the owner's loop uses it.
/// </summary>
internal sealed class UnknownCosts(HiveContext hive, WorkBars bars, Func<IEnumerable<BudgetEntity>> budgets)
{
    // The model of each agent, for people.
    private readonly Dictionary<string, string> _agents = new(StringComparer.Ordinal);

    public static bool Refuses(BudgetSpec spec) => spec is { CostUsd: not null, UnknownCost: not UnknownCostRule.Allow };

    /// <summary>Takes a report.</summary>
    /// <returns>The model whose cost is unknown; null if all costs of the attempt are known.</returns>
    public string? Follow(TaskUsed report)
    {
        var task = hive.Task(report.Task);
        var models = task?.Attempt == report.Attempt ? task.AttemptUsage : [report.Usage];
        if ((models ?? []).FirstOrDefault(IsUnknown) is not { } found)
        {
            Forget(report.Agent);
            return null;
        }

        var model = found.Model ?? "(not named)";
        if (_agents.TryAdd(report.Agent, model)) Refresh();
        return model;
    }

    /// <summary>Bars a task that a run starts, as its budget says.</summary>
    /// <param name="over">The budgets of the run and of those above it.</param>
    public void Begin(string task, IEnumerable<BudgetEntity> over)
    {
        if (_agents.Count == 0 || over.FirstOrDefault(b => Refuses(b.Spec)) is not { } budget) return;
        string[] agents = [.. _agents.Keys.Order(StringComparer.Ordinal)];
        bars.SetTask(task, new(agents, Text(budget, agents[0])));
    }

    /// <summary>Forgets an agent that is offline or removed.</summary>
    public void Forget(string agent)
    {
        if (!_agents.Remove(agent)) return;
        bars.SetAgent(agent, null);
        Refresh();
    }

    /// <summary>
    /// Bars what the budgets refuse now. It costs the number of such agents, and of open tasks under budgets of tasks and runs that refuse them.
    /// </summary>
    public void Refresh()
    {
        if (_agents.Count == 0 && bars.IsEmpty) return;
        var refusing = budgets().Where(b => Refuses(b.Spec)).ToArray();
        foreach (var agent in _agents.Keys) bars.SetAgent(agent, WhyOf(agent, refusing));
        var under = _agents.Count == 0 ? [] : refusing.SelectMany(b => TasksOf(b.Spec).Select(t => (Task: t, Budget: b))).DistinctBy(t => t.Task).ToArray();
        foreach (var task in bars.Tasks.Except(under.Select(t => t.Task), StringComparer.Ordinal).ToArray()) bars.SetTask(task, null);
        if (under.Length == 0) return;
        string[] agents = [.. _agents.Keys.Order(StringComparer.Ordinal)];
        foreach (var (task, budget) in under) bars.SetTask(task, new(agents, Text(budget, agents[0])));
    }

    public void Clear() => _agents.Clear();

    private string? WhyOf(string agent, BudgetEntity[] refusing)
    {
        var swarm = hive.Agent(agent)?.Swarm;
        var first = Array.Find(refusing, b => b.Spec is { Task: null, Run: null } && (b.Spec.Swarm is null || b.Spec.Swarm == swarm));
        return first is null ? null : Text(first, agent);
    }

    private IEnumerable<string> TasksOf(BudgetSpec spec) => spec.Task is { } task ? [task] : spec.Run is { } run ? hive.Workflows.TasksUnder(run) : [];

    private string Text(BudgetEntity budget, string agent) => $"budget:{budget.Id} (the cost of model '{_agents[agent]}' of agent '{agent}' is unknown)";

    private static bool IsUnknown(Usage usage) => usage.CostUsd is null && (usage.InputTokens > 0 || usage.OutputTokens > 0);
}
