using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>Validates a proposal as its proposer describes it.</summary>
internal static class ProposalRules
{
    public const string Yes = "yes";
    public const string No = "no";
    public const string Abstain = "abstain";

    private const decimal MaxWeight = 1_000_000;
    private const int MaxDecimals = 6;

    public static Error? Problem(ProposalSpec spec) =>
        Texts(spec) ?? Options(spec) ?? Shares(spec) ?? Electors(spec.Electorate) ?? IdempotentId.Problem(spec.IdempotencyKey);

    public static VoteRule RuleOf(ProposalSpec spec) => spec.Rule ?? (spec.Options is null ? VoteRule.Simple : VoteRule.Plurality);

    public static IReadOnlyList<string> OptionsOf(ProposalSpec spec) => [.. spec.Options ?? [Yes, No], Abstain];

    public static decimal? QuorumOf(ProposalSpec spec) => spec.Quorum ?? (RuleOf(spec) == VoteRule.Unanimity ? 1 : null);

    /// <summary>The deadline, by the hub's time; the error if there is none or it is not ahead.</summary>
    public static (DateTimeOffset At, Error? Problem) Deadline(ProposalSpec spec, DateTimeOffset now)
    {
        if (spec.Deadline is null == spec.DeadlineMs is null)
            return (default, Bad("A proposal needs a deadline: give either deadline (a time) or deadline_ms (milliseconds from now)."));
        var longest = TimeSpan.FromDays(Limits.MaxProposalDays);
        var wait = spec.Deadline is { } at
            ? at - now
            : TimeSpan.FromMilliseconds((double)Math.Clamp(spec.DeadlineMs!.Value, -1, (long)longest.TotalMilliseconds + 1));
        if (wait <= TimeSpan.Zero) return (default, Bad("The deadline must be in the future."));
        return wait > longest ? (default, Bad($"The deadline is at most {Limits.MaxProposalDays} days ahead.")) : (now + wait, null);
    }

    private static Error? Texts(ProposalSpec spec)
    {
        if (string.IsNullOrWhiteSpace(spec.Question)) return Bad("question is empty.");
        if (spec.Id is { } id && !Ids.IsValid(id)) return Bad(Ids.Rule("proposal", id));
        if (spec.Swarm is { } swarm && !Ids.IsValid(swarm)) return Bad(Ids.Rule("swarm", swarm));
        return TextRules.Problem("question", spec.Question);
    }

    private static Error? Options(ProposalSpec spec)
    {
        var yesNo = RuleOf(spec) < VoteRule.Plurality;
        if (spec.Options is not { } options)
            return yesNo ? null : Bad($"The rule {SnakeName(RuleOf(spec))} needs options.");
        if (yesNo) return Bad($"The rule {SnakeName(RuleOf(spec))} decides between yes and no: leave options out, or use plurality or approval.");
        if (options.Count is < 2 or > Limits.MaxOptions) return Bad($"options has 2 to {Limits.MaxOptions} entries; there were {options.Count}.");
        foreach (var option in options)
        {
            if (string.IsNullOrWhiteSpace(option) || option.Length > Limits.MaxOptionLength)
                return Bad($"An option has 1 to {Limits.MaxOptionLength} characters.");
            if (option == Abstain) return Bad("Every proposal has the option abstain: do not list it.");
        }

        return options.Distinct(StringComparer.Ordinal).Count() == options.Count ? null : Bad("options names one option twice.");
    }

    private static Error? Shares(ProposalSpec spec)
    {
        if (spec.Threshold is { } threshold)
        {
            if (RuleOf(spec) != VoteRule.Supermajority) return Bad("threshold belongs to the rule supermajority.");
            if (threshold is <= 0 or > 1 || threshold.Scale > MaxDecimals) return Bad("threshold is above 0 and at most 1, with at most six decimal places.");
        }

        return spec.Quorum is { } quorum && (quorum is < 0 or > 1 || quorum.Scale > MaxDecimals)
            ? Bad("quorum is 0 to 1, with at most six decimal places.")
            : null;
    }

    private static Error? Electors(IReadOnlyList<Elector>? electorate)
    {
        if (electorate is null) return null;
        if (electorate.Count == 0) return Bad("electorate is empty: name electors, or leave it out for the swarm's agents that are online.");
        if (electorate.Count > Limits.MaxElectors) return Bad($"electorate has at most {Limits.MaxElectors} entries; there were {electorate.Count}.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var elector in electorate)
        {
            if (elector is null || elector.Agent is null == elector.User is null) return Bad("An elector is either an agent or a user.");
            if (elector.Agent is { } agent && !Ids.IsValid(agent)) return Bad(Ids.Rule("agent", agent));
            if (elector.User is { } user && TextRules.SubjectProblem("user", user) is { } problem) return problem;
            if (elector.Weight is { } weight && (weight is <= 0 or > MaxWeight || weight.Scale > MaxDecimals))
                return Bad($"weight is above 0 and at most {MaxWeight:0}, with at most six decimal places.");
            if (!seen.Add(Voters.KeyOf(elector))) return Bad($"electorate names {Voters.KeyOf(elector)} twice.");
        }

        return null;
    }

    private static string SnakeName(VoteRule rule) => SnakeCase.Of(rule);

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
