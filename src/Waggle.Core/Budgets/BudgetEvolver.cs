using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>Computes the stored entity from a record. Pure.</summary>
internal static class BudgetEvolver
{
    public static BudgetEntity Set(BudgetEntity? before, BudgetChanged r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Budget,
        Seq = before?.Seq ?? offset,
        Spec = r.Spec,
        Swarm = r.Swarm,
        State = before?.State ?? BudgetState.Open,
        SetBy = r.SetBy,
        SetAt = at,
    };
}
