using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Sums of usage. Dollars are decimal numbers, so that every sum is exact. Pure.</summary>
internal static class UsageSums
{
    /// <summary>Returns the usage of an attempt, all models together. The cost is null if that of a model is unknown.</summary>
    public static Usage? Sum(IReadOnlyList<Usage>? models)
    {
        if (models is not { Count: > 0 }) return null;
        var sum = models[0];
        for (var i = 1; i < models.Count; i++) sum = Add(sum, models[i]);
        return sum;
    }

    /// <summary>Returns what a report adds to the totals.</summary>
    /// <param name="before">The same usage before the report; null for a first report.</param>
    public static UsageTotals Difference(Usage after, Usage? before) => new()
    {
        InputTokens = (after.InputTokens ?? 0) - (before?.InputTokens ?? 0),
        OutputTokens = (after.OutputTokens ?? 0) - (before?.OutputTokens ?? 0),
        CachedTokens = (after.CachedTokens ?? 0) - (before?.CachedTokens ?? 0),
        ReasoningTokens = (after.ReasoningTokens ?? 0) - (before?.ReasoningTokens ?? 0),
        CostUsd = after.CostUsd is null && before?.CostUsd is null ? null : (after.CostUsd ?? 0) - (before?.CostUsd ?? 0),
        UnknownCosts = Unknown(after) - Unknown(before),
    };

    /// <summary>
    /// Adds to the totals of a day. A report may lower the cost of an earlier day, which then is not negative here: the rest is a correction of its own.
    /// </summary>
    public static UsageTotals AddToDay(UsageTotals total, UsageTotals added)
    {
        var sum = Add(total, added);
        return sum.CostUsd < 0 ? sum with { CostUsd = 0, CorrectionUsd = (sum.CorrectionUsd ?? 0) + sum.CostUsd } : sum;
    }

    /// <summary>Returns the part by which one sum differs from an earlier one.</summary>
    public static UsageTotals Difference(UsageTotals after, UsageTotals before) => new()
    {
        InputTokens = after.InputTokens - before.InputTokens,
        OutputTokens = after.OutputTokens - before.OutputTokens,
        CachedTokens = after.CachedTokens - before.CachedTokens,
        ReasoningTokens = after.ReasoningTokens - before.ReasoningTokens,
        CostUsd = after.CostUsd is null ? null : after.CostUsd - (before.CostUsd ?? 0),
        CorrectionUsd = after.CorrectionUsd is null ? null : after.CorrectionUsd - (before.CorrectionUsd ?? 0),
        UnknownCosts = after.UnknownCosts - before.UnknownCosts,
    };

    public static UsageTotals Add(UsageTotals? total, UsageTotals added) => total is null ? added : new()
    {
        InputTokens = total.InputTokens + added.InputTokens,
        OutputTokens = total.OutputTokens + added.OutputTokens,
        CachedTokens = total.CachedTokens + added.CachedTokens,
        ReasoningTokens = total.ReasoningTokens + added.ReasoningTokens,
        CostUsd = total.CostUsd is null ? added.CostUsd : total.CostUsd + (added.CostUsd ?? 0),
        CorrectionUsd = total.CorrectionUsd is null ? added.CorrectionUsd : total.CorrectionUsd + (added.CorrectionUsd ?? 0),
        UnknownCosts = total.UnknownCosts + added.UnknownCosts,
    };

    private static long Unknown(Usage? usage) => usage is { CostUsd: null } ? 1 : 0;

    private static Usage Add(Usage a, Usage b) => new()
    {
        InputTokens = Add(a.InputTokens, b.InputTokens),
        OutputTokens = Add(a.OutputTokens, b.OutputTokens),
        CachedTokens = Add(a.CachedTokens, b.CachedTokens),
        ReasoningTokens = Add(a.ReasoningTokens, b.ReasoningTokens),
        CostUsd = a.CostUsd + b.CostUsd,
        CostBasis = (a.CostUsd + b.CostUsd) is null ? null : a.CostBasis == b.CostBasis ? a.CostBasis : CostBasis.Mixed,
    };

    private static long? Add(long? a, long? b) => a is null ? b : a + (b ?? 0);
}
