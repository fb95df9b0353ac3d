using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>
/// Asks some workers under a spent budget to stop; the budget's timer asks again until none is left. Many workers thus cost many small turns and not one long
/// one.
/// </summary>
internal sealed record StopSpent(string Budget) : Command<NoResult>
{
    /// <summary>The kind of this timer, which exists beside the budget's own timer.</summary>
    public const string Kind = "budget_stop";

    /// <summary>Tasks in a turn.</summary>
    public const int Most = 500;

    public override string Right => Permissions.WriteTasks;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Budgets.Budget(Budget) is not { State: BudgetState.Spent } budget) return Decision.Nothing;
        var used = view.Budgets.Used(budget.Spec, context.Now);
        var shown = BudgetRules.ShownText(budget.Spec, used);
        var reason = $"Budget '{Budget}' {BudgetRules.ScopeText(budget.Spec)} is spent{(shown.Length == 0 ? "" : $": {shown}")}.";
        var records = new List<RecordData>();
        foreach (var task in view.Budgets.ToStop(Budget, Most)) records.AddRange(new StopTask(task, reason) { By = By }.Decide(view, context).Records);
        return Decision.OfRecords(records);
    }
}
