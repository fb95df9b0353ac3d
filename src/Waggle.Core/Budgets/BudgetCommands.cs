using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>Creates a budget, or gives it another spec. The same spec again changes nothing. Work that a raised budget held goes on.</summary>
public sealed record SetBudget(string Budget, BudgetSpec Spec) : Command<BudgetView>
{
    public override string Right => Permissions.WriteSwarms;

    public override bool Creates => true;

    public override Error? Malformed() =>
        Ids.IsValid(Budget) ? BudgetRules.Problem(Spec) : new(ErrorCodes.InvalidRequest, Ids.Rule("budget", Budget));

    public override string? Refusal(IHiveView hive)
    {
        if (By.Swarms is null) return null;
        var swarm = BudgetScope.SwarmOf(Spec, hive);
        if (swarm is null && Spec is { Swarm: null, Task: null, Run: null }) return $"'{By.Subject}' is limited to swarms: a budget of its names one of them.";
        return swarm is null || By.Reaches(swarm) ? null : By.OutOfReach(swarm);
    }

    public override Decision<BudgetView> Decide(IHiveView view, in DecisionContext context)
    {
        if (BudgetScope.Problem(Spec, view) is { } missing) return Decision.Reject(missing, []);
        var before = view.Budgets.Budget(Budget);
        if (before is null && view.IsTaken(new(BudgetEntity.Entity.Name, Budget)))
            return Decision.Reject(ErrorCodes.AlreadyExists, $"There is a budget '{Budget}' in another swarm.");
        if (before is null && view.Budgets.Count - view.Workflows.BudgetedCount >= Limits.MaxBudgets)
            return Decision.Reject(ErrorCodes.QuotaExceeded, $"The hive has {Limits.MaxBudgets} budgets, as many as it may: remove one.");
        var used = view.Budgets.Used(Spec, context.Now);
        if (before?.Spec == Spec) return Decision.Of(before.Shown(used));
        var changed = new BudgetChanged
        {
            Budget = Budget,
            Swarm = BudgetScope.SwarmOf(Spec, view),
            Spec = Spec,
            Created = before is null,
            SetBy = By.Subject,
        };
        var after = BudgetEvolver.Set(before, changed, view.NextOffset, context.Now);
        var state = BudgetRules.StateOf(Spec, used);
        return Decision.Of((after with { State = state }).Shown(used), [changed, .. ReviewBudget.Records(after, used, view)]);
    }
}

/// <summary>Deletes a budget. The work that it held goes on. The result is the budget as it was.</summary>
public sealed record RemoveBudget(string Budget) : Command<BudgetView>
{
    public override string Right => Permissions.WriteSwarms;

    public override Error? Malformed() => Ids.IsValid(Budget) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("budget", Budget));

    public override Decision<BudgetView> Decide(IHiveView view, in DecisionContext context) =>
        view.Budgets.Budget(Budget) is { } budget
            ? Decision.Of(
                budget.Shown(view.Budgets.Used(budget.Spec, context.Now)),
                new BudgetRemoved { Budget = Budget, Swarm = budget.Swarm, RemovedBy = By.Subject })
            : Decision.Reject(ErrorCodes.NotFound, $"There is no budget '{Budget}'.");
}

public sealed record ShowBudget(string Budget) : Command<BudgetView>
{
    public override string Right => Permissions.ReadTasks;

    public override Error? Malformed() => Ids.IsValid(Budget) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("budget", Budget));

    public override Decision<BudgetView> Decide(IHiveView view, in DecisionContext context) =>
        view.Budgets.Budget(Budget) is { } budget
            ? Decision.Of(budget.Shown(view.Budgets.Used(budget.Spec, context.Now)))
            : Decision.Reject(ErrorCodes.NotFound, $"There is no budget '{Budget}'.");
}

/// <summary>Lists the budgets that the principal reaches, by id.</summary>
public sealed record ListBudgets : Command<BudgetPage>
{
    public override string Right => Permissions.ReadTasks;

    public override Decision<BudgetPage> Decide(IHiveView view, in DecisionContext context)
    {
        var now = context.Now;
        return Decision.Of(new BudgetPage([.. view.Budgets.All.Select(b => b.Shown(view.Budgets.Used(b.Spec, now)))]));
    }
}
