using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Consensus;

/// <summary>
/// Asks connected workers for the votes of their agents: when a proposal opens, when a tie has moved its deadline, and when a worker connects while its agent
/// has not voted. Only the owner's loop uses it.
/// </summary>
internal sealed class VoteRequests
{
    private readonly HiveContext _hive;
    private readonly IConsensusView _proposals;

    /// <summary>The open proposals in whose electorate an agent is.</summary>
    private readonly Dictionary<string, HashSet<string>> _byAgent = new(StringComparer.Ordinal);

    public VoteRequests(HiveContext hive, IConsensusView proposals)
    {
        _hive = hive;
        _proposals = proposals;
        hive.Before<AgentAttached>(Attached);
    }

    /// <summary>Takes up an open proposal.</summary>
    public void Add(ProposalEntity proposal)
    {
        foreach (var elector in proposal.Electorate)
        {
            if (elector.Agent is not { } agent) continue;
            if (!_byAgent.TryGetValue(agent, out var open)) _byAgent[agent] = open = new(StringComparer.Ordinal);
            open.Add(proposal.Id);
        }
    }

    public void Remove(ProposalEntity proposal)
    {
        foreach (var elector in proposal.Electorate)
        {
            if (elector.Agent is { } agent && _byAgent.TryGetValue(agent, out var open) && open.Remove(proposal.Id) && open.Count == 0) _byAgent.Remove(agent);
        }
    }

    public void Clear() => _byAgent.Clear();

    /// <summary>Asks every elector that is connected.</summary>
    public void AskAll(ProposalEntity proposal)
    {
        var request = Of(proposal);
        _hive.Messages.Add(() =>
        {
            foreach (var elector in proposal.Electorate)
            {
                if (elector.Agent is { } agent && HasToVote(proposal, agent)) _hive.Presence(agent)?.Link?.RequestVote(request);
            }
        });
    }

    private void Attached(AgentAttached attached)
    {
        if (attached.Link is not { } link || !_byAgent.TryGetValue(attached.Agent, out var open)) return;
        foreach (var id in open)
        {
            var proposal = _proposals.Proposal(id)!;
            if (!HasToVote(proposal, attached.Agent)) continue;
            var request = Of(proposal);
            _hive.Messages.Add(() => link.RequestVote(request));
        }
    }

    // A tie is resolved by those that have not voted, or that change their votes.
    private bool HasToVote(ProposalEntity proposal, string agent) => _proposals.Ballots(proposal.Id)?.Find(Voters.KeyOf(agent, null)) is { } ballot
        && (ballot.Version == 0 || (proposal.Changeable && ballot.CastAt < proposal.ExtendedFrom));

    private static VoteRequested Of(ProposalEntity proposal) => new()
    {
        Proposal = proposal.Id,
        Swarm = proposal.Swarm,
        Question = proposal.Question,
        Options = proposal.Options,
        Rule = proposal.Rule,
        Deadline = proposal.Deadline,
        Extensions = proposal.Extensions,
    };
}
