using Waggle.Protocol.Model;

namespace Waggle.Survey.State;

/// <summary>The result of the swarm's vote, as the hub counted it.</summary>
/// <param name="Outcome">The winning hot spot; null if there is none.</param>
/// <param name="Reason">The hub's reason for the close.</param>
/// <param name="Electors">The number of analysts that were asked.</param>
internal sealed record VoteSummary(
    string Proposal,
    string Question,
    string? Outcome,
    string Reason,
    int Electors,
    int Voted,
    IReadOnlyList<OptionCount> Counts,
    IReadOnlyList<BallotSummary> Ballots)
{
    public string Sentence => Outcome is { } outcome
        ? $"The swarm decided to fix {outcome} first: {Counts.First(c => c.Option == outcome).Ballots} of {Voted} votes"
        : $"The swarm decided nothing ({Reason}): {Voted} of {Electors} voted";

    public static VoteSummary Of(ProposalView proposal, IReadOnlyList<BallotSummary> ballots)
    {
        var result = proposal.Result!;
        return new VoteSummary(
            proposal.Id, proposal.Question, result.Outcome, result.Reason.ToString().ToLowerInvariant(),
            proposal.Electors, result.Voted, result.Counts, ballots);
    }
}

/// <param name="Agent">The name of the analyst.</param>
/// <param name="Choice">The option; null if the ballot stays hidden.</param>
internal sealed record BallotSummary(string Agent, string? Choice);
