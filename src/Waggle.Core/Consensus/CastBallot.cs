using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>
/// Casts or changes a ballot. The voter is the agent for which the principal acts, else the principal's user, and never a voter that the request names.
/// </summary>
/// <param name="Agent">
/// The agent for which the client intends to vote; null if the client names none. The hub refuses an agent that is not the session's.
/// </param>
public sealed record CastBallot(string Proposal, IReadOnlyList<string> Choices, double? Confidence = null, string? Agent = null) : Command<BallotView>
{
    public override string Right => Permissions.WorkVotes;

    public override string? Refusal(IHiveView hive) => Agent is null || Agent == By.Agent ? null
        : By.Agent is null ? $"'{By.Subject}' may not vote for agent '{PlainText.Clip(Agent, 40)}': its session has no agent."
        : $"'{By.Subject}' may not vote for agent '{PlainText.Clip(Agent, 40)}': its session is that of agent '{By.Agent}'.";

    public override Error? Malformed()
    {
        if (!Ids.IsValid(Proposal)) return Bad(Ids.Rule("proposal", Proposal));
        if (Choices.Count is 0 or > Limits.MaxOptions) return Bad($"choices has 1 to {Limits.MaxOptions} entries; there were {Choices.Count}.");
        return Confidence is < 0 or > 1 or double.NaN ? Bad("confidence is 0 to 1.") : null;
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        var box = view.BallotsOf(Proposal);
        if (box is null) keys.Add(ProposalEntity.KeyOf(Proposal));

        // The earlier ballot of the voter determines whether this one repeats it, also after the close.
        if (box is null || box.Find(Voters.KeyOf(By)) is { Version: > 0 }) keys.Add(BallotEntity.KeyOf(Proposal, By));
    }

    public override Decision<BallotView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Proposal(Proposal) is not { } proposal) return ProposalViews.Missing(Proposal);
        var (mask, problem) = Mask(proposal);
        if (problem is null && view.BallotOf(Proposal, By) is { } there && Repeats(there, proposal, mask) && !Confirms(there, proposal, context.Now))
            return Decision.Of(ProposalViews.Of(there, false));
        if (proposal.State != ProposalState.Open || view.BallotsOf(Proposal) is not { } box)
            return Closed($"Proposal '{Proposal}' is closed: it was {SnakeCase.Of(proposal.State)}.");
        if (proposal.Deadline <= context.Now) return Closed($"The deadline of proposal '{Proposal}' is over.");
        if (box.Find(Voters.KeyOf(By)) is not { } before)
            return Decision.Reject(
                ErrorCodes.NotAnElector, $"{Voters.KeyOf(By)} is not in the electorate of proposal '{Proposal}', which was frozen when it opened.");
        if (problem is not null) return Decision.Reject(problem, []);
        if (before.Version > 0 && !proposal.Changeable)
            return Decision.Reject(ErrorCodes.AlreadyVoted, $"{Voters.KeyOf(By)} has voted, and votes on proposal '{Proposal}' may not be changed.");
        var first = before.Version == 0;
        return Decision.Of(
            View(before.Weight, before.Version + 1, context.Now),
            new VoteRecorded
            {
                Proposal = Proposal,
                Swarm = proposal.Swarm,
                Agent = By.Agent,
                User = By.Agent is null ? By.User : null,
                Weight = before.Weight,
                Version = before.Version + 1,
                Rule = proposal.Rule,
                Choices = proposal.Hidden ? null : Choices,
                Confidence = proposal.Hidden ? null : Confidence,
                Voted = box.Voted + (first ? 1 : 0),
                VotedWeight = box.VotedWeight + (first ? before.Weight : 0),
            },
            new BallotKept(Proposal, By.Agent, By.Agent is null ? By.User : null, Choices, mask, Confidence));
    }

    private bool Repeats(BallotEntity there, ProposalEntity proposal, ulong mask) =>
        BallotMask.Of(proposal.Options, there.Choices) == mask && there.Confidence == Confidence;

    // After an extension the hub asks each elector again, so the same vote is an answer to that: it gets a new version and time.
    private static bool Confirms(BallotEntity there, ProposalEntity proposal, DateTimeOffset now) =>
        proposal is { State: ProposalState.Open, Changeable: true } && proposal.Deadline > now && there.CastAt < proposal.ExtendedFrom;

    private (ulong Mask, Error? Problem) Mask(ProposalEntity proposal)
    {
        if (Choices.Count > 1 && proposal.Rule != VoteRule.Approval)
            return (0, Bad("A ballot names exactly one option; only the rule approval allows several."));
        var mask = 0UL;
        foreach (var choice in Choices)
        {
            if (BallotMask.IndexOf(proposal.Options, choice) is not { } index)
                return (0, Bad($"'{PlainText.Clip(choice ?? "", 40)}' is no option of '{Proposal}': {string.Join(", ", proposal.Options)}."));
            if ((mask & (1UL << index)) != 0) return (0, Bad($"choices names '{choice}' twice."));
            mask |= 1UL << index;
        }

        var abstain = 1UL << (proposal.Options.Count - 1);
        return (mask & abstain) != 0 && mask != abstain ? (0, Bad("abstain stands alone: a ballot that names it names nothing else.")) : (mask, null);
    }

    private BallotView View(decimal weight, int version, DateTimeOffset at) => new()
    {
        Proposal = Proposal,
        Agent = By.Agent,
        User = By.Agent is null ? By.User : null,
        Weight = weight,
        Choices = Choices,
        Confidence = Confidence,
        Version = version,
        CastAt = at,
    };

    private static Effect Closed(string message) => Decision.Reject(ErrorCodes.VoteClosed, message);

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}

/// <summary>The options of a ballot as bits.</summary>
internal static class BallotMask
{
    public static int? IndexOf(IReadOnlyList<string> options, string choice)
    {
        for (var i = 0; i < options.Count; i++)
        {
            if (options[i] == choice) return i;
        }

        return null;
    }

    public static ulong Of(IReadOnlyList<string> options, IReadOnlyList<string> choices)
    {
        var mask = 0UL;
        foreach (var choice in choices)
        {
            if (IndexOf(options, choice) is { } index) mask |= 1UL << index;
        }

        return mask;
    }
}
