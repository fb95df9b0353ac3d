using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;

namespace Waggle.Core.Budgets;

/// <summary>Asks the worker of an attempt to stop whose cost is unknown, under a budget of money that refuses that.</summary>
internal sealed record RefuseUnknown(string Budget, string Task, int Attempt, string Model) : Command<NoResult>
{
    public override string Right => Permissions.WriteTasks;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Budgets.Budget(Budget) is not { } budget || view.Task(Task) is not { Lease: { } lease } || lease.Attempt != Attempt) return Decision.Nothing;
        var reason = $"Budget '{Budget}' {BudgetRules.ScopeText(budget.Spec)} limits money, and the cost of model '{Model}' is unknown: report cost_usd, "
            + "give the hub a price, or let the budget allow unknown costs.";
        return Decision.OfRecords([.. new StopTask(Task, reason) { By = By }.Decide(view, context).Records]);
    }
}
