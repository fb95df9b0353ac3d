using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle vote …</c></summary>
internal static class VoteCommands
{
    public static Command Create() => new("vote", "Open proposals, vote on them and read their results.")
    {
        VoteOpenCommand.Create(),
        Cast(),
        Show(),
        List(),
        Withdraw(),
    };

    private static Command Cast()
    {
        var proposal = Proposal();
        var choices = new Argument<string[]>("choice") { Description = "The option; several with the rule approval.", Arity = ArgumentArity.OneOrMore };
        var confidence = new Option<double?>("--confidence") { Description = "How sure the voter is, from 0 to 1. It changes no count.", HelpName = "0..1" };
        return HubCommand.Create(
            "cast",
            "Vote as the user of the token, or change that vote.",
            async call =>
            {
                var votes = (await call.ConnectAsync()).Votes;
                var ballot = await votes.CastAsync(call.Get(proposal), call.Get(choices), call.Get(confidence), call.Cancel);
                if (call.Print.IsJson) Printer.Json(ballot, HubJson.Default.BallotView);
                else Printer.Pairs([("proposal", ballot.Proposal), ("choices", string.Join(", ", ballot.Choices ?? [])), ("version", Number(ballot.Version))]);
                return ExitCodes.Ok;
            },
            proposal, choices, confidence);
    }

    private static Command Show()
    {
        var proposal = Proposal();
        return HubCommand.Create(
            "show",
            "Print a proposal and its result.",
            async call =>
            {
                var found = await (await call.ConnectAsync()).Votes.GetAsync(call.Get(proposal), call.Cancel);
                return found is null ? Cli.Fail($"There is no proposal '{call.Get(proposal)}'.", ExitCodes.Failed) : Print(call, found);
            },
            proposal);
    }

    private static Command List()
    {
        var swarm = HubIds.SwarmOption("--swarm", "Only proposals of this swarm.");
        var open = new Option<bool>("--open") { Description = "Only proposals that are open." };
        var limit = Numbers.Option("--limit", "The maximum number of rows.", least: 1, most: 1_000_000, standard: 100);
        return HubCommand.Create(
            "list",
            "List proposals, the newest first.",
            async call =>
            {
                var all = (await call.ConnectAsync()).Votes.ListAsync(call.Get(swarm), call.Get(open) ? ProposalState.Open : null, call.Cancel);
                var found = new List<ProposalView>();
                await foreach (var proposal in all)
                {
                    found.Add(proposal);
                    if (found.Count == call.Get(limit)) break;
                }

                if (call.Print.IsJson) Printer.Json(writer => Write(writer, found));
                else Printer.Table(["PROPOSAL", "STATE", "VOTED", "OUTCOME", "DEADLINE", "QUESTION"], [.. found.Select(Row)]);
                return ExitCodes.Ok;
            },
            swarm, open, limit);
    }

    private static Command Withdraw()
    {
        var proposal = Proposal();
        return HubCommand.Create(
            "withdraw",
            "End a proposal without an outcome.",
            async call => Print(call, await (await call.ConnectAsync()).Votes.WithdrawAsync(call.Get(proposal), call.Cancel)),
            proposal);
    }

    /// <summary>Prints a proposal with its result.</summary>
    public static int Print(HubCall call, ProposalView p)
    {
        if (call.Print.IsJson) Printer.Json(p, HubJson.Default.ProposalView);
        else Printer.Pairs(Pairs(p));
        return ExitCodes.Ok;
    }

    private static Argument<string> Proposal() => new("proposal") { Description = "The proposal's id." };

    private static void Write(Utf8JsonWriter writer, List<ProposalView> proposals)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("proposals"u8);
        foreach (var proposal in proposals) JsonSerializer.Serialize(writer, proposal, HubJson.Default.ProposalView);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string?[] Row(ProposalView p) =>
        [p.Id, SnakeCase.Of(p.State), Voted(p), p.Result?.Outcome, Printer.Time(p.Deadline), p.Question];

    private static IEnumerable<(string, string?)> Pairs(ProposalView p) =>
    [
        ("proposal", p.Id), ("swarm", p.Swarm), ("question", p.Question), ("options", string.Join(", ", p.Options)), ("rule", SnakeCase.Of(p.Rule)),
        ("state", SnakeCase.Of(p.State)), ("voted", Voted(p)), ("deadline", Printer.Time(p.Deadline)),
        ("extensions", p.Extensions > 0 ? Number(p.Extensions) : null), ("outcome", p.Result?.Outcome),
        ("reason", p.Result is { } ended ? SnakeCase.Of(ended.Reason) : null),
        ("counts", (p.Result?.Counts ?? p.Counts) is { Count: > 0 } counts ? string.Join(", ", counts.Select(c => $"{c.Option} {Number(c.Weight)}")) : null),
    ];

    private static string Voted(ProposalView p) => $"{(p.Voted is { } voted ? Number(voted) : "?")} of {Number(p.Electors)}";

    private static string Number(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
