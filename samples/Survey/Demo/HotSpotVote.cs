using Waggle.Client;
using Waggle.Protocol.Model;
using Waggle.Survey.State;
using Waggle.Survey.Voting;

namespace Waggle.Survey.Demo;

/// <summary>Lets the swarm's living analysts vote on which hot spot to fix first, and waits for the count.</summary>
internal sealed class HotSpotVote(WaggleClient client, DemoState state, TimeProvider time)
{
    private const string Question = "Which hot spot should be fixed first?";
    private const int LeastOptions = 2;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    /// <summary>Returns the result; null if the report names fewer than two hot spots.</summary>
    public async Task<VoteSummary?> RunAsync(CancellationToken cancel)
    {
        var options = await HotSpots.OptionsAsync(client, state.Swarm, cancel);
        if (options.Count < LeastOptions) return null;
        await using var observer = client.ObserveAsync(["proposal.*"], cancel: cancel);
        await observer.Ready;
        Tell($"The analysts vote: {Question}");
        var opened = await client.Votes.OpenAsync(new ProposalSpec
        {
            Question = Question,
            Swarm = state.Swarm,
            Options = options,
            Rule = VoteRule.Plurality,

            // Of equally many votes the hotter file by the report's order wins.
            Tie = TieRule.FirstOption,
            Electorate = Electors(),
            DeadlineMs = (long)Deadline.TotalMilliseconds,
            CloseEarly = true,
        }, cancel);
        var closed = await ClosedAsync(observer, opened.Id, cancel);
        var ballots = new List<BallotSummary>();
        await foreach (var ballot in client.Votes.BallotsAsync(opened.Id, cancel)) ballots.Add(new BallotSummary(NameOf(ballot.Agent!), ballot.Choices?[0]));
        var summary = VoteSummary.Of(closed, ballots);
        foreach (var ballot in ballots) Tell($"{ballot.Agent} votes for {ballot.Choice}");
        Tell(summary.Sentence, summary.Outcome is null ? Tone.Bad : Tone.Good);
        return summary;
    }

    private Elector[] Electors()
    {
        lock (state.Gate)
        {
            return [.. state.Workers.Analysts.SelectMany(worker => state.Agents.Named(worker.Name)).Where(agent => agent.Status == AgentStatus.Online)
                .Select(agent => new Elector { Agent = agent.Id })];
        }
    }

    private async Task<ProposalView> ClosedAsync(Observer observer, string id, CancellationToken cancel)
    {
        await foreach (var observation in observer.WithCancellation(cancel))
        {
            if (observation is RecordObserved { Record.Kind: not "proposal_closed" }) continue;

            // After a gap the proposal itself tells whether it is closed.
            var proposal = (await client.Votes.GetAsync(id, cancel))!;
            if (proposal.State != ProposalState.Open) return proposal;
        }

        throw new SurveyException("the hub closed the connection of the demo during the vote");
    }

    private string NameOf(string agent)
    {
        lock (state.Gate) return state.Agents.Of(agent).Name;
    }

    private void Tell(string text, Tone tone = Tone.Plain)
    {
        lock (state.Gate) state.Tell(time.GetUtcNow(), text, tone);
    }
}
