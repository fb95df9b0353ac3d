using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>The budgets as a decision sees them.</summary>
internal interface IBudgetView
{
    BudgetEntity? Budget(string id);

    /// <summary>The budgets by id.</summary>
    IEnumerable<BudgetEntity> All { get; }

    int Count { get; }

    /// <summary>Returns the usage that counts for a spec at a time.</summary>
    UsageTotals Used(BudgetSpec spec, DateTimeOffset now);

    /// <summary>Returns the next tasks that are held under a spent budget and not yet asked to stop.</summary>
    IReadOnlyList<string> ToStop(string budget, int most);
}

/// <summary>The budgets of the swarms that a principal is limited to.</summary>
internal sealed class ReachableBudgets(IBudgetView whole, Principal by) : IBudgetView
{
    public BudgetEntity? Budget(string id) => whole.Budget(id) is { } budget && by.Reaches(budget.Swarm) ? budget : null;

    public IEnumerable<BudgetEntity> All => whole.All.Where(b => by.Reaches(b.Swarm));

    public int Count => whole.Count;

    public UsageTotals Used(BudgetSpec spec, DateTimeOffset now) => whole.Used(spec, now);

    public IReadOnlyList<string> ToStop(string budget, int most) => [];
}

internal static class BudgetViewExtensions
{
    extension(IHiveView view)
    {
        public IBudgetView Budgets => view.View<IBudgetView>();
    }

    extension(BudgetEntity budget)
    {
        public BudgetView Shown(UsageTotals used) => new()
        {
            Id = budget.Id,
            Spec = budget.Spec,
            State = budget.State,
            Used = used,
            UsedShare = BudgetRules.UsedShare(budget.Spec, used),
            SetBy = budget.SetBy,
            SetAt = budget.SetAt,
        };
    }
}
