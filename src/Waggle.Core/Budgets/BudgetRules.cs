using System.Globalization;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>The rules of budgets: which specs are valid, and how much of a budget is used. Pure.</summary>
internal static class BudgetRules
{
    private const int WarnPercent = 80;

    public static Error? Problem(BudgetSpec? spec)
    {
        if (spec is null) return Bad("spec is missing.");
        if (new[] { spec.Swarm, spec.Task, spec.Run }.Count(s => s is not null) > 1) return Bad("A budget names one of swarm, task and run.");
        foreach (var (name, id) in new[] { ("swarm", spec.Swarm), ("task", spec.Task), ("run", spec.Run) })
        {
            if (id is not null && !Ids.IsValid(id)) return Bad(Ids.Rule(name, id));
        }

        if (!Enum.IsDefined(spec.Period)) return Bad("period is total or day.");
        if (spec is { Period: BudgetPeriod.Day, Task: not null } or { Period: BudgetPeriod.Day, Run: not null })
            return Bad("A budget of a task or a run has the period total.");
        if (UsageLimits.Problem(spec.Tokens, spec.CostUsd) is var (field, rule)) return Bad(field is null ? rule : $"{field} {rule}");
        if (spec.UnknownCost is { } unknown && !Enum.IsDefined(unknown)) return Bad("unknown_cost is refuse or allow.");
        return spec.UnknownCost is not null && spec.CostUsd is null ? Bad("unknown_cost is of a budget with cost_usd.") : null;
    }

    public static BudgetState StateOf(BudgetSpec spec, UsageTotals used)
    {
        if (Reaches(spec, used, 100)) return BudgetState.Spent;
        return Reaches(spec, used, WarnPercent) ? BudgetState.Warned : BudgetState.Open;
    }

    /// <summary>Returns the greater of the used shares of tokens and money; 1 is 100 %.</summary>
    public static double UsedShare(BudgetSpec spec, UsageTotals used)
    {
        var tokens = spec.Tokens is { } limit ? (double)Tokens(used) / limit : 0;
        var money = spec.CostUsd is { } dollars ? (double)((used.CostUsd ?? 0) / dollars) : 0;
        return Math.Round(Math.Max(tokens, money), 4);
    }

    /// <summary>Returns the used part as text, for example "5.02 of 5 USD".</summary>
    public static string UsedText(BudgetSpec spec, UsageTotals used)
    {
        var parts = new List<string>(2);
        if (spec.CostUsd is { } dollars) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Short(used.CostUsd ?? 0)} of {Short(dollars)} USD"));
        if (spec.Tokens is { } tokens) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Tokens(used)} of {tokens} tokens"));
        return string.Join(", ", parts);
    }

    /// <summary>
    /// Returns the used part for those whose work a budget holds; empty for a budget of the whole hive, because its sums are not for those who see one swarm.
    /// </summary>
    public static string ShownText(BudgetSpec spec, UsageTotals used) =>
        spec is { Swarm: null, Task: null, Run: null } ? "" : UsedText(spec, used);

    /// <summary>Returns what the budget covers as text.</summary>
    public static string ScopeText(BudgetSpec spec)
    {
        var of = spec.Swarm is { } swarm ? $"of swarm '{swarm}'"
            : spec.Task is { } task ? $"of task {task}"
            : spec.Run is { } run ? $"of run {run}"
            : "of the hive";
        return spec.Period == BudgetPeriod.Day ? $"{of} for a day" : of;
    }

    private static bool Reaches(BudgetSpec spec, UsageTotals used, int percent) =>
        (spec.Tokens is { } tokens && (decimal)Tokens(used) * 100 >= (decimal)tokens * percent)
        || (spec.CostUsd is { } dollars && (used.CostUsd ?? 0) * 100 >= dollars * percent);

    private static long Tokens(UsageTotals used) => used.InputTokens + used.OutputTokens;

    private static decimal Short(decimal dollars) => Math.Round(dollars, 6) / 1.000000000000000000000000000000m;

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
