using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>Handles a budget whose use passed 80 % or 100 %, or whose day is over.</summary>
internal sealed record ReviewBudget(string Budget) : Command<NoResult>
{
    public override string Right => Permissions.WriteSwarms;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        view.Budgets.Budget(Budget) is { } budget
            ? Decision.OfRecords(Records(budget, view.Budgets.Used(budget.Spec, context.Now), view))
            : Decision.Nothing;

    /// <summary>Returns the records of a budget's change of state; empty if its state is as its use says.</summary>
    public static IReadOnlyList<RecordData> Records(BudgetEntity budget, UsageTotals used, IHiveView view)
    {
        var state = BudgetRules.StateOf(budget.Spec, used);
        if (state == budget.State) return [];
        var changed = new BudgetStateChanged
        {
            Budget = budget.Id,
            Swarm = budget.Swarm,
            Spec = budget.Spec,
            OldState = budget.State,
            State = state,
            Used = used,
        };
        return state > budget.State ? [changed, Notification(budget, state, used, view)] : [changed];
    }

    private static NotificationSent Notification(BudgetEntity budget, BudgetState state, UsageTotals used, IHiveView view)
    {
        var what = $"Budget '{budget.Id}' {BudgetRules.ScopeText(budget.Spec)}";
        var text = BudgetRules.UsedText(budget.Spec, used);
        return new NotificationSent
        {
            Id = view.NextId(IdPrefix.Notification),
            Level = state == BudgetState.Spent ? NotificationLevel.Error : NotificationLevel.Warning,
            Message = state == BudgetState.Spent
                ? $"{what} is spent: {text}. Running work is asked to stop, and nothing new starts until the budget is raised or removed."
                : $"{what} is used to 80 % or more: {text}.",
            Swarm = budget.Swarm,
            SentBy = "hub",
        };
    }
}

/// <summary>Deletes a budget whose task or run has ended.</summary>
internal sealed record EndBudget(string Budget) : Command<NoResult>
{
    public override string Right => Permissions.WriteSwarms;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        view.Budgets.Budget(Budget) is { } budget
            ? Decision.OfRecords(new BudgetRemoved { Budget = Budget, Swarm = budget.Swarm, RemovedBy = By.Subject })
            : Decision.Nothing;
}
