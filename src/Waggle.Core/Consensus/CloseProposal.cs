using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>
/// Closes a proposal whose deadline has passed or whose outcome no further ballot can change, or gives it more time for a tie. The timer and the last ballot
/// run it.
/// </summary>
internal sealed record CloseProposal(string Proposal) : Command<NoResult>
{
    public override string Right => Permissions.WriteVotes;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Proposal(Proposal) is not { State: ProposalState.Open } proposal || view.BallotsOf(Proposal) is not { } box) return Decision.Nothing;
        var due = proposal.Deadline <= context.Now;
        if (!due && !(proposal.CloseEarly && box.IsDecided)) return Decision.Nothing;
        if (due && proposal.Extends && box.Verdict.Tied != 0 && (proposal.Changeable || !box.IsComplete)) return Decision.OfRecords(Extend(proposal, box));

        // With all ballots cast, a tie whose votes may still change is decided by the last deadline alone.
        var reason = box.IsComplete && box.IsDecided ? CloseReason.AllVoted : due ? CloseReason.Deadline : CloseReason.Decided;
        return Decision.OfRecords(Of(proposal, box, reason, context.Dice));
    }

    // It counts from the deadline and not from now: what passes while the hub is down has passed, and the stored ballots are kept for the last deadline.
    private static ProposalExtended Extend(ProposalEntity proposal, BallotBox box) => new()
    {
        Proposal = proposal.Id,
        Swarm = proposal.Swarm,
        Question = proposal.Question,
        Options = proposal.Options,
        Rule = proposal.Rule,
        Extension = proposal.Extensions + 1,
        MaxExtensions = Limits.MaxTieExtensions,
        Deadline = proposal.NextDeadline,
        Tied = proposal.Hidden ? null : Named(proposal, box.Verdict.Tied),
        Voted = box.Voted,
        VotedWeight = box.VotedWeight,
    };

    private static IReadOnlyList<string> Named(ProposalEntity proposal, ulong options) =>
        [.. proposal.Options.Where((_, i) => (options & (1UL << i)) != 0)];

    private static ProposalClosed Of(ProposalEntity proposal, BallotBox box, CloseReason reason, Random dice)
    {
        var verdict = box.Verdict;
        IReadOnlyList<string>? drawn = null;
        if (verdict.Tied != 0 && proposal.Tie == TieRule.Draw)
        {
            int[] tied = [.. Enumerable.Range(0, proposal.Options.Count).Where(i => (verdict.Tied & (1UL << i)) != 0)];
            drawn = [.. tied.Select(i => proposal.Options[i])];
            var winner = tied[dice.Next(tied.Length)];
            verdict = VoteTerms.Of(proposal).IsYesNo && winner > 0 ? new(ProposalState.Rejected, -1) : new(ProposalState.Accepted, winner);
        }

        return Closed(proposal, box, verdict.State, new()
        {
            Outcome = verdict.Winner < 0 ? null : proposal.Options[verdict.Winner],
            Reason = reason,
            Counts = box.Counts,
            Voted = box.Voted,
            VotedWeight = box.VotedWeight,
            QuorumReached = box.HasQuorum,
            Margin = box.Margin,
            DrawnFrom = drawn,
        });
    }

    public static ProposalClosed Closed(ProposalEntity proposal, BallotBox box, ProposalState state, ProposalResult result) => new()
    {
        Proposal = proposal.Id,
        Swarm = proposal.Swarm,
        Question = proposal.Question,
        State = state,
        Rule = proposal.Rule,
        Result = result,
        Electors = proposal.Electors,
        Weight = proposal.Weight,
    };
}

/// <summary>Ends a proposal without an outcome. An agent withdraws its own proposals only.</summary>
public sealed record WithdrawProposal(string Proposal) : Command<ProposalView>
{
    public override string Right => Permissions.WriteVotes;

    public override Error? Malformed() => Ids.IsValid(Proposal) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("proposal", Proposal));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.BallotsOf(Proposal) is null) keys.Add(ProposalEntity.KeyOf(Proposal));
    }

    public override Decision<ProposalView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Proposal(Proposal) is not { } proposal) return ProposalViews.Missing(Proposal);
        if (proposal.State != ProposalState.Open || view.BallotsOf(Proposal) is not { } box)
            return Decision.Reject(ErrorCodes.VoteClosed, $"Proposal '{Proposal}' is closed: it was {SnakeCase.Of(proposal.State)}.");
        if (By.Agent is not null && Voters.ProposerOf(proposal) != Voters.KeyOf(By))
            return Decision.Reject(ErrorCodes.Forbidden, $"Agent '{By.Agent}' may withdraw its own proposals only; {proposal.OpenedBy} opened '{Proposal}'.");
        var closed = CloseProposal.Closed(proposal, box, ProposalState.Withdrawn, new()
        {
            Reason = CloseReason.Withdrawn,
            Counts = proposal.Hidden ? [] : box.Counts,
            Voted = box.Voted,
            VotedWeight = box.VotedWeight,
            QuorumReached = box.HasQuorum,
            WithdrawnBy = By.Subject,
        });
        return Decision.Of(ProposalViews.Of(ConsensusEvolver.Close(proposal, closed, context.Now), null), closed);
    }
}
