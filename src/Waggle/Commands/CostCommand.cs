using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle cost</c></summary>
internal static class CostCommand
{
    private static readonly string[] Groups = [.. Enum.GetValues<CostGroup>().Select(g => SnakeCase.Of(g))];

    public static Command Create()
    {
        var by = new Option<string[]>("--by")
        {
            Description = "What the rows are about: day, swarm, agent or model. May be repeated. Default: model.",
            AllowMultipleArgumentsPerToken = true,
        };
        by.AcceptOnlyFromAmong(Groups);
        var from = Day("--from", "The first day in UTC, for example 2027-01-31. Default: the last day.");
        var to = Day("--to", "The last day in UTC, inclusive. Default: today.");
        var swarm = HubIds.SwarmOption("--swarm", "Only of this swarm.");
        var agent = HubIds.AgentOption("--agent", "Only of this agent.");
        var model = new Option<string?>("--model") { Description = "Only of this model.", HelpName = "name" };
        return HubCommand.Create(
            "cost",
            "Print the tokens that agents used and their known costs.",
            async call =>
            {
                CostGroup[] groups = [.. (call.Get(by) ?? []).Select(g => SnakeCase.TryParse<CostGroup>(g, out var group) ? group : CostGroup.Model)];
                var budgets = (await call.ConnectAsync()).Budgets;
                var report = await budgets.CostsAsync(groups, call.Get(from), call.Get(to), call.Get(swarm), call.Get(agent), call.Get(model), call.Cancel);
                if (call.Print.IsJson) Printer.Json(report, HubJson.Default.CostReport);
                else Print(report, groups is [] ? [CostGroup.Model] : groups);
                return ExitCodes.Ok;
            },
            by, from, to, swarm, agent, model);
    }

    /// <summary>Returns an amount of dollars with all of its places; null if it is unknown.</summary>
    public static string? Dollars(decimal? amount) => amount?.ToString("0.00##########", CultureInfo.InvariantCulture);

    private static void Print(CostReport report, IReadOnlyCollection<CostGroup> groups)
    {
        CostGroup[] shown = [.. groups.Distinct().Order()];
        string[] header = [.. shown.Select(g => SnakeCase.Of(g).ToUpperInvariant()), "INPUT", "CACHED", "OUTPUT", "REASONING", "USD", "UNKNOWN COSTS"];
        var rows = report.Rows.Select(r => (string?[])[.. shown.Select(g => Name(r, g)), .. Figures(r.Usage)]).ToList();
        string?[] total = ["total", .. shown.Skip(1).Select(_ => (string?)null), .. Figures(report.Total)];
        Printer.Table(header, [.. rows, total]);
    }

    private static string? Name(CostRow row, CostGroup group) => group switch
    {
        CostGroup.Day => row.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        CostGroup.Swarm => row.Swarm,
        CostGroup.Agent => row.Agent,
        _ => row.Model ?? "(not named)",
    };

    private static IEnumerable<string?> Figures(UsageTotals u) =>
        [Number(u.InputTokens), Number(u.CachedTokens), Number(u.OutputTokens), Number(u.ReasoningTokens), Dollars(u.CostUsd), Number(u.UnknownCosts)];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Option<DateOnly?> Day(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "day",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
            result.AddError($"{name} '{text}' is not a day such as 2027-01-31.");
            return null;
        },
    };
}
