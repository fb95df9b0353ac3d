using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>The option with the limits of a run: <c>--budget cost=2.50,tokens=100000</c>.</summary>
internal static class BudgetOption
{
    public static Option<RunBudget?> Create() => FlowKeys.Option(
        "--budget",
        "cost=DOLLARS,tokens=NUMBER[,unknown_cost=allow]",
        "The limit of what the run may use, for example cost=2.50 or tokens=100000. Default: that of the definition.",
        Parse);

    public static RunBudget? Parse(string text)
    {
        var budget = new RunBudget();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var (name, value) = part.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (part[..at], part[(at + 1)..]) : ("", "");
            if (Set(budget, name, value) is not { } next) return null;
            budget = next;
        }

        return budget is { Tokens: null, CostUsd: null } ? null : budget;
    }

    private static RunBudget? Set(RunBudget budget, string name, string value) => name switch
    {
        "tokens" when budget.Tokens is null && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var tokens) =>
            budget with { Tokens = tokens },
        "cost" when budget.CostUsd is null && decimal.TryParse(
            value, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var dollars) =>
            budget with { CostUsd = dollars },
        "unknown_cost" when budget.UnknownCost is null && SnakeCase.TryParse<UnknownCostRule>(value, out var rule) => budget with { UnknownCost = rule },
        _ => null,
    };
}
