using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>One proposal with its electorate and, while it is open, the number of its ballots.</summary>
public sealed record ShowProposal(string Proposal) : Command<ProposalView>
{
    public override string Right => Permissions.ReadVotes;

    public override Error? Malformed() => Ids.IsValid(Proposal) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("proposal", Proposal));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.BallotsOf(Proposal) is null) keys.Add(ProposalEntity.KeyOf(Proposal));
    }

    public override Decision<ProposalView> Decide(IHiveView view, in DecisionContext context) =>
        view.Proposal(Proposal) is { } proposal ? Decision.Of(ProposalViews.Of(proposal, view.BallotsOf(Proposal))) : ProposalViews.Missing(Proposal);
}

/// <summary>Lists the proposals of the swarms that the principal reaches, the newest first, one page at a time.</summary>
public sealed record ListProposals(string? Swarm = null, ProposalState? State = null, string? Cursor = null, int Limit = 100) : Query<ProposalPage>
{
    // A list does without the counts of open proposals rather than wait for a slow commit.
    private static readonly TimeSpan CountLimit = TimeSpan.FromSeconds(1);

    internal override async Task<Outcome<ProposalPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadVotes, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        if (Swarm is not null && !By.Reaches(Swarm)) return new(null, new(ErrorCodes.Forbidden, By.OutOfReach(Swarm)), reader.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (Swarm is not null) equal["swarm"] = [Swarm];
        else if (By.Swarms is { } reached) equal["swarm"] = [.. reached];
        if (State is { } state) equal["state"] = [SnakeCase.Of(state)];
        var query = new EntityQuery(ProposalEntity.Entity.Name, equal, After: PageRules.SeqOf(Cursor), Limit: Limit);
        var (found, next, at) = await reader.PageAsync(query, ConsensusFeature.Proposals, null, cancel);
        string[] open = [.. found.Where(p => p.State == ProposalState.Open).Select(p => p.Id)];
        var counts = open.Length == 0 ? null : await reader.AskAsync(new CountBallots(open) { By = By }, CountLimit, cancel);
        return new(new ProposalPage([.. found.Select(p => View(p, counts))], next), null, at);
    }

    private static ProposalView View(ProposalEntity proposal, IReadOnlyDictionary<string, ProposalView>? counts)
    {
        var view = ProposalViews.Of(proposal, null) with { Electorate = null };
        return counts?.GetValueOrDefault(proposal.Id) is { } now && proposal.State == ProposalState.Open
            ? view with { Voted = now.Voted, VotedWeight = now.VotedWeight, Counts = now.Counts }
            : view;
    }
}

/// <summary>The sums of open proposals, which only the owner's loop has.</summary>
internal sealed record CountBallots(IReadOnlyList<string> Proposals) : Command<IReadOnlyDictionary<string, ProposalView>>
{
    public override string Right => Permissions.ReadVotes;

    public override Decision<IReadOnlyDictionary<string, ProposalView>> Decide(IHiveView view, in DecisionContext context)
    {
        var found = new Dictionary<string, ProposalView>(StringComparer.Ordinal);
        foreach (var id in Proposals)
        {
            if (view.BallotsOf(id) is { } box) found[id] = ProposalViews.Of(view.Proposal(id)!, box);
        }

        return Decision.Of<IReadOnlyDictionary<string, ProposalView>>(found);
    }
}

/// <summary>Lists the ballots of a proposal in the order of the first votes. Hidden choices are null.</summary>
public sealed record ListBallots(string Proposal, string? Cursor = null, int Limit = 100) : Query<BallotPage>
{
    internal override async Task<Outcome<BallotPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadVotes, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        var shown = await reader.AskAsync(new ShowProposal(Proposal) { By = By }, cancel);
        if (shown.Error is not null) return new(null, shown.Error, shown.Head);
        var hidden = shown.Value is { Hidden: true, State: ProposalState.Open or ProposalState.Withdrawn };
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [BallotEntity.ProposalColumn] = [Proposal] };
        var query = new EntityQuery(BallotEntity.Entity.Name, equal, Ascending: true, PageRules.SeqOf(Cursor), Limit);
        var (found, next, at) = await reader.PageAsync(query, ConsensusFeature.Ballots, null, cancel);
        return new(new BallotPage([.. found.Select(b => ProposalViews.Of(b, hidden))], next), null, at);
    }
}
