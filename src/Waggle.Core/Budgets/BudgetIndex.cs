using Waggle.Core.Tasks;
using Waggle.Core.Workflows;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>The budgets by what they cover, so that a usage record meets only its own. Only the owner's loop uses it.</summary>
internal sealed class BudgetIndex
{
    private readonly HashSet<string> _hive = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _swarms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _runs = new(StringComparer.Ordinal);

    public IEnumerable<string> Covering(TaskUsed record, IWorkflowView workflows)
    {
        IEnumerable<string> found = _hive;
        if (record.Swarm is { } swarm && _swarms.TryGetValue(swarm, out var bySwarm)) found = found.Concat(bySwarm);
        if (_runs.Count > 0) found = found.Concat(workflows.RunsOf(record.Task).SelectMany(OfRun));
        return _tasks.TryGetValue(record.Task, out var byTask) ? found.Concat(byTask) : found;
    }

    /// <summary>The budgets of one task.</summary>
    public IReadOnlyCollection<string> OfTask(string task) => _tasks.TryGetValue(task, out var found) ? found : [];

    /// <summary>The budgets of one run.</summary>
    public IReadOnlyCollection<string> OfRun(string run) => _runs.TryGetValue(run, out var found) ? found : [];

    public void Add(BudgetEntity budget) => Of(budget.Spec).Add(budget.Id);

    public void Remove(BudgetEntity budget)
    {
        var set = Of(budget.Spec);
        set.Remove(budget.Id);
        if (set.Count > 0) return;
        if (budget.Spec.Task is { } task) _tasks.Remove(task);
        else if (budget.Spec.Run is { } run) _runs.Remove(run);
        else if (budget.Spec.Swarm is { } swarm) _swarms.Remove(swarm);
    }

    public void Clear()
    {
        _hive.Clear();
        _swarms.Clear();
        _tasks.Clear();
        _runs.Clear();
    }

    private HashSet<string> Of(BudgetSpec spec) =>
        spec.Task is { } task ? In(_tasks, task) : spec.Run is { } run ? In(_runs, run) : spec.Swarm is { } swarm ? In(_swarms, swarm) : _hive;

    private static HashSet<string> In(Dictionary<string, HashSet<string>> all, string key)
    {
        if (!all.TryGetValue(key, out var set)) all[key] = set = new(StringComparer.Ordinal);
        return set;
    }
}
