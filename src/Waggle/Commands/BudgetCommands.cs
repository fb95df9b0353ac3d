using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle budget …</c></summary>
internal static class BudgetCommands
{
    private static readonly string[] UnknownCosts = [.. Enum.GetValues<UnknownCostRule>().Select(r => SnakeCase.Of(r))];

    public static Command Create() => new("budget", "Limit the tokens and the money of a swarm, a task, a workflow run or a day.")
    {
        Set(), Show(), List(), Remove(),
    };

    private static Argument<string> Id() => new("budget") { Description = "The budget's id." };

    private static Command Set()
    {
        var id = Id();
        var swarm = HubIds.SwarmOption("--swarm", "The swarm. Without --swarm, --task and --run: the whole hub.");
        var task = new Option<string?>("--task") { Description = "The task.", HelpName = "task" };
        var run = new Option<string?>("--run") { Description = "The workflow run, with the runs that its steps start.", HelpName = "run" };
        var unknown = new Option<string?>("--unknown-cost")
        {
            Description = "What a limit in dollars does about agents whose cost is unknown. Default: refuse.",
            HelpName = string.Join('|', UnknownCosts),
        };
        unknown.AcceptOnlyFromAmong(UnknownCosts);
        var day = new Option<bool>("--day") { Description = "Count each day in UTC anew. Otherwise the budget covers all time." };
        var tokens = new Option<long?>("--tokens") { Description = "The limit of input and output tokens together.", HelpName = "number" };
        var cost = new Option<decimal?>("--cost")
        {
            Description = "The limit in US dollars, for example 2.50.",
            HelpName = "dollars",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
                if (decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out var amount)) return amount;
                result.AddError($"--cost '{text}' is not an amount of dollars such as 2.50.");
                return null;
            },
        };
        return HubCommand.Create(
            "set",
            "Create a budget, or replace its spec. Work that a raised budget held goes on.",
            async call =>
            {
                var spec = new BudgetSpec
                {
                    Swarm = call.Get(swarm),
                    Task = call.Get(task),
                    Run = call.Get(run),
                    Period = call.Get(day) ? BudgetPeriod.Day : BudgetPeriod.Total,
                    Tokens = call.Get(tokens),
                    CostUsd = call.Get(cost),
                    UnknownCost = call.Get(unknown) is { } name && SnakeCase.TryParse<UnknownCostRule>(name, out var rule) ? rule : null,
                };
                return Print(call, await (await call.ConnectAsync()).Budgets.SetAsync(call.Get(id), spec, call.Cancel));
            },
            id, swarm, task, run, day, tokens, cost, unknown);
    }

    private static Command Show()
    {
        var id = Id();
        return HubCommand.Create(
            "show",
            "Print a budget with what is used of it.",
            async call =>
            {
                var found = await (await call.ConnectAsync()).Budgets.GetAsync(call.Get(id), call.Cancel);
                return found is null ? Cli.Fail($"There is no budget '{call.Get(id)}'.", ExitCodes.Failed) : Print(call, found);
            },
            id);
    }

    private static Command List() => HubCommand.Create("list", "List the budgets with what is used of them.", async call =>
    {
        var budgets = await (await call.ConnectAsync()).Budgets.ListAsync(call.Cancel);
        if (call.Print.IsJson) Printer.Json(new BudgetPage(budgets), HubJson.Default.BudgetPage);
        else Printer.Table(["BUDGET", "OF", "PERIOD", "STATE", "USED", "TOKENS", "USD"], [.. budgets.Select(Row)]);
        return ExitCodes.Ok;
    });

    private static Command Remove()
    {
        var id = Id();
        var remove = HubCommand.Create(
            "rm",
            "Delete a budget. The work that it held goes on.",
            async call => Print(call, await (await call.ConnectAsync()).Budgets.RemoveAsync(call.Get(id), call.Cancel)),
            id);
        remove.Aliases.Add("remove");
        return remove;
    }

    private static int Print(HubCall call, BudgetView b)
    {
        if (call.Print.IsJson) Printer.Json(b, HubJson.Default.BudgetView);
        else
        {
            Printer.Pairs(
            [
                ("budget", b.Id), ("of", Of(b.Spec)), ("period", SnakeCase.Of(b.Spec.Period)), ("state", SnakeCase.Of(b.State)),
                ("used", TaskText.Percent(b.UsedShare)), ("tokens", b.Spec.Tokens is null ? null : Tokens(b)),
                ("USD", b.Spec.CostUsd is null ? null : Money(b)),
                ("unknown cost", b.Spec.UnknownCost is { } rule ? SnakeCase.Of(rule) : null),
                ("unknown costs", b.Used.UnknownCosts == 0 ? null : b.Used.UnknownCosts.ToString(CultureInfo.InvariantCulture)),
                ("set", $"{Printer.Time(b.SetAt)}, by {b.SetBy}"),
            ]);
        }

        return ExitCodes.Ok;
    }

    private static string?[] Row(BudgetView b) =>
    [
        b.Id, Of(b.Spec), SnakeCase.Of(b.Spec.Period), SnakeCase.Of(b.State), TaskText.Percent(b.UsedShare), b.Spec.Tokens is null ? null : Tokens(b),
        b.Spec.CostUsd is null ? null : Money(b),
    ];

    private static string Of(BudgetSpec spec) =>
        spec.Swarm is { } swarm ? $"swarm {swarm}" : spec.Task is { } task ? $"task {task}" : spec.Run is { } run ? $"run {run}" : "the hub";

    private static string Tokens(BudgetView b) =>
        string.Create(CultureInfo.InvariantCulture, $"{b.Used.InputTokens + b.Used.OutputTokens} of {b.Spec.Tokens}");

    private static string Money(BudgetView b) => $"{CostCommand.Dollars(b.Used.CostUsd ?? 0)} of {CostCommand.Dollars(b.Spec.CostUsd)}";
}
