using Waggle.Core.Budgets;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    private static readonly Usage FullUsage = new()
    {
        Model = "model-5",
        InputTokens = 1200,
        OutputTokens = 340,
        CachedTokens = 800,
        ReasoningTokens = 120,
        CostUsd = 0.012345678901m,
        CostBasis = CostBasis.Priced,
    };

    private static readonly UsageTotals Totals = new()
    {
        InputTokens = 1200,
        OutputTokens = 340,
        CachedTokens = 800,
        ReasoningTokens = 120,
        CostUsd = 0.012345678901m,
        UnknownCosts = 2,
    };

    private static readonly BudgetSpec Limit = new()
    {
        Swarm = "default",
        Task = Task,
        Run = "r1",
        Period = BudgetPeriod.Day,
        Tokens = 5000,
        CostUsd = 2.50m,
        UnknownCost = UnknownCostRule.Allow,
    };

    private static readonly BudgetSpec LimitBefore = Limit with { UnknownCost = null };

    private static readonly RunBudget RunLimit = new() { Tokens = 5000, CostUsd = 2.50m, UnknownCost = UnknownCostRule.Allow };

    public static BudgetEntity Budget => new() { Id = "nightly", Seq = 7, Spec = Limit, Swarm = "default", State = BudgetState.Spent, SetBy = "ann", SetAt = At };

    public static DayUsage DayUsage => new() { Seq = 7, Day = new(2026, 3, 1), Swarm = "default", Agent = "a1", Model = "model-5", Usage = Totals };

    public static SwarmUsage SwarmUsage => new() { Seq = 7, Swarm = "default", Usage = Totals };

    private static IEnumerable<RecordData> OfBudgets =>
    [
        new TaskUsed
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.Running, Swarm = "default",
            Agent = "a1", Attempt = 2, Usage = FullUsage, Added = Totals,
        },
        new TaskStopRequested
        {
            Task = Task, Title = Title, Priority = 2, OldState = TaskState.Running, State = TaskState.Running, Swarm = "default",
            Reason = "Budget 'nightly' is spent.", RequestedBy = "hub", Deadline = At,
        },
        new BudgetChanged { Budget = "nightly", Swarm = "default", Spec = Limit, Created = true, SetBy = "ann" },
        new BudgetStateChanged { Budget = "nightly", Swarm = "default", Spec = Limit, OldState = BudgetState.Warned, State = BudgetState.Spent, Used = Totals },
        new BudgetRemoved { Budget = "nightly", Swarm = "default", RemovedBy = "ann" },
    ];
}
