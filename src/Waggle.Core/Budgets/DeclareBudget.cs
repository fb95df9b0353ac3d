using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Workflows;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>
/// Creates the budget that the definition or the start of a run names. Its id is that of the run, with a number if another budget has that id.
/// </summary>
internal sealed record DeclareBudget(string Run) : Command<NoResult>
{
    public override string Right => Permissions.WriteSwarms;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OpenRun(Run)?.Entity is not { Budget: { } limits } run) return Decision.Nothing;
        var id = Run;
        for (var n = 2; view.Budgets.Budget(id) is { } other; n++)
        {
            if (other.Spec.Run == Run) return Decision.Nothing;
            id = $"{Run}-{n}";
        }

        var spec = new BudgetSpec { Run = Run, Tokens = limits.Tokens, CostUsd = limits.CostUsd, UnknownCost = limits.UnknownCost };
        var changed = new BudgetChanged { Budget = id, Swarm = run.Swarm, Spec = spec, Created = true, SetBy = run.CreatedBy };
        var budget = BudgetEvolver.Set(null, changed, view.NextOffset, context.Now);

        // A retried run keeps what it used.
        return Decision.OfRecords([changed, .. ReviewBudget.Records(budget, view.Budgets.Used(spec, context.Now), view)]);
    }
}
