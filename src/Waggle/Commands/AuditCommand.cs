using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle audit</c>: the administrative commands and the refusals.</summary>
internal static class AuditCommand
{
    private static readonly string Outcomes = string.Join(", ", Enum.GetValues<AuditOutcome>().Select(SnakeCase.Of));

    public static Command Create()
    {
        var user = new Option<string?>("--user") { Description = "Only entries of this user.", HelpName = "name" };
        var action = new Option<string?>("--action") { Description = "Only entries of this action, such as swarm.stop.", HelpName = "name" };
        var outcome = new Option<AuditOutcome?>("--outcome")
        {
            Description = $"Only entries with this outcome: {Outcomes}.",
            HelpName = "outcome",
            CustomParser = result =>
            {
                if (SnakeCase.TryParse<AuditOutcome>(result.Tokens[0].Value, out var value)) return value;
                result.AddError($"--outcome '{result.Tokens[0].Value}' is unknown; there are: {Outcomes}.");
                return null;
            },
        };
        var limit = Numbers.Option("--limit", "The maximum number of rows.", least: 1, most: 1_000_000, standard: 100);
        return HubCommand.Create(
            "audit",
            "List administrative commands and refusals, the newest first: who, what, when, and from where.",
            call => RunAsync(call, call.Get(user), call.Get(action), call.Get(outcome), call.Get(limit)),
            user, action, outcome, limit);
    }

    private static async Task<int> RunAsync(HubCall call, string? user, string? action, AuditOutcome? outcome, int limit)
    {
        var found = new List<AuditEntryView>();
        await foreach (var entry in (await call.ConnectAsync()).Access.ListAuditAsync(user, action, outcome, call.Cancel))
        {
            found.Add(entry);
            if (found.Count == limit) break;
        }

        if (call.Print.IsJson) Printer.Json(new AuditPage(found, null), HubJson.Default.AuditPage);
        else if (found.Count == 0) Printer.Note("The audit log has no such entry.");
        else Printer.Table(["TIME", "USER", "FROM", "ACTION", "TARGET", "OUTCOME", "COUNT", "MESSAGE"], [.. found.Select(Row)]);
        return ExitCodes.Ok;
    }

    private static string?[] Row(AuditEntryView e) =>
    [
        Printer.Time(e.At), e.Agent is null ? e.User : $"{e.User} as {e.Agent}", e.Address, e.Action, e.Target,
        e.Code is null ? SnakeCase.Of(e.Outcome) : $"{SnakeCase.Of(e.Outcome)}: {e.Code}", e.Count.ToString(CultureInfo.InvariantCulture), e.Message,
    ];
}
