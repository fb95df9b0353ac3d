using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle vote open</c></summary>
internal static class VoteOpenCommand
{
    public static Command Create()
    {
        var question = new Argument<string>("question") { Description = "The question." };
        var deadline = new Option<Duration>("--deadline")
        {
            Description = "The time until the proposal closes, for example 90s, 30m or 12h.",
            HelpName = "duration",
            Required = true,
            CustomParser = result =>
            {
                if (Durations.TryParse(result.Tokens[0].Value, out var duration)) return new Duration(duration);
                result.AddError($"--deadline '{result.Tokens[0].Value}' is not a duration such as 45s, 90m or 12h.");
                return default!;
            },
        };
        var options = new Option<string[]>("--option") { Description = "An option. May be repeated. Default: yes and no.", HelpName = "option" };
        var rule = Choice<VoteRule>("--rule", "The rule. Default: simple, or plurality with options.");
        var tie = Choice<TieRule>("--tie", "What decides a tie. Default: fail.");
        var quorum = Share("--quorum", "The share of the electorate that has to vote. Default: more than half; with unanimity, all.");
        var threshold = Share("--threshold", "The share for the rule supermajority. Default: two thirds.");
        var agents = Electors("--agent", "An agent of the electorate and its weight. May be repeated. Default: the swarm's agents that are online.");
        var users = Electors("--user", "A user of the electorate and its weight. May be repeated.");
        var id = new Option<string?>("--id") { Description = "The id of the proposal. Default: the hub gives one.", HelpName = "id" };
        var swarm = HubIds.SwarmOption("--swarm", "The swarm that the proposal concerns. Default: default.");
        var visible = new Option<bool>("--open-ballots") { Description = "Show the choices before the close." };
        var final = new Option<bool>("--no-changes") { Description = "Let no elector change its vote." };
        return HubCommand.Create(
            "open",
            "Open a proposal.",
            async call =>
            {
                Elector[] electorate =
                [
                    .. (call.Get(agents) ?? []).Select(Split).Select(e => new Elector { Agent = e.Name, Weight = e.Weight }),
                    .. (call.Get(users) ?? []).Select(Split).Select(e => new Elector { User = e.Name, Weight = e.Weight }),
                ];
                var spec = new ProposalSpec
                {
                    Id = call.Get(id),
                    Question = call.Get(question),
                    DeadlineMs = (long)call.Get(deadline).Value.TotalMilliseconds,
                    Options = call.Get(options) is { Length: > 0 } some ? some : null,
                    Rule = call.Get(rule),
                    Tie = call.Get(tie),
                    Quorum = call.Get(quorum),
                    Threshold = call.Get(threshold),
                    Electorate = electorate.Length == 0 ? null : electorate,
                    Swarm = call.Get(swarm),
                    Hidden = !call.Get(visible),
                    Changeable = !call.Get(final),
                };
                return VoteCommands.Print(call, await (await call.ConnectAsync()).Votes.OpenAsync(spec, call.Cancel));
            },
            question, deadline, options, rule, tie, quorum, threshold, agents, users, swarm, id, visible, final);
    }

    private static Option<T?> Choice<T>(string name, string description)
        where T : struct, Enum
    {
        string[] names = [.. Enum.GetValues<T>().Select(value => SnakeCase.Of(value))];
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = string.Join('|', names),
            CustomParser = result =>
            {
                var at = Array.IndexOf(names, result.Tokens[0].Value);
                if (at >= 0) return Enum.GetValues<T>()[at];
                result.AddError($"{name} '{result.Tokens[0].Value}' is not one of {string.Join(", ", names)}.");
                return null;
            },
        };
        option.CompletionSources.Add(names);
        return option;
    }

    private static Option<decimal?> Share(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "0..1",
        CustomParser = result =>
        {
            if (Number(result.Tokens[0].Value) is { } share) return share;
            result.AddError($"{name} '{result.Tokens[0].Value}' is not a number from 0 to 1.");
            return null;
        },
    };

    private static Option<string[]> Electors(string name, string description)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = "name[=weight]" };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => Split(t.Value) is { Weight: null } && t.Value.Contains('=', StringComparison.Ordinal)))
                result.AddError($"{name} '{token.Value}': the weight is not a number.");
        });
        return option;
    }

    private static (string Name, decimal? Weight) Split(string text)
    {
        var at = text.LastIndexOf('=');
        return at < 0 ? (text, null) : (text[..at], Number(text[(at + 1)..]));
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}
