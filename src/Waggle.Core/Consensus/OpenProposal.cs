using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Consensus;

/// <summary>Opens a proposal and freezes its electorate.</summary>
public sealed record OpenProposal(ProposalSpec Spec) : Command<ProposalView>
{
    private string SwarmId => Spec.Swarm ?? SwarmEntity.DefaultId;

    public override string Right => Permissions.WriteVotes;

    public override bool Creates => true;

    public override int Bytes => Spec.Question.Length + (64 * (Spec.Electorate?.Count ?? 0));

    public override string? Refusal(IHiveView hive) => By.Reaches(SwarmId) ? null : By.OutOfReach(SwarmId);

    public override Error? Malformed() => ProposalRules.Problem(Spec);

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (Spec.Id is not null || Spec.IdempotencyKey is not null) keys.Add(ProposalEntity.KeyOf(IdOf(view)));
    }

    public override Decision<ProposalView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Swarm(SwarmId) is null) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{SwarmId}'.");
        var id = IdOf(view);
        if (view.Proposal(id) is { } there)
        {
            return there.Question == Spec.Question && there.Options.SequenceEqual(ProposalRules.OptionsOf(Spec), StringComparer.Ordinal)
                && (Spec.Id is null || there.OpenedBy == (By.Agent ?? By.User))
                ? Decision.Of(ProposalViews.Of(there, view.BallotsOf(id)) with { Duplicate = true })
                : Spec.Id is not null ? Decision.Reject(ErrorCodes.AlreadyExists, $"There is a proposal '{id}' already.")
                : IdempotentId.Conflict(Spec.IdempotencyKey!, $"proposal {id}");
        }

        if (view.OpenProposals >= Limits.MaxOpenProposals)
            return Decision.Reject(ErrorCodes.QuotaExceeded, $"The hive has {Limits.MaxOpenProposals} open proposals, as many as it may: close one.");
        var (deadline, late) = ProposalRules.Deadline(Spec, context.Now);
        if (late is not null) return Decision.Reject(late, []);
        var (electorate, nobody) = Freeze(view);
        if (nobody is not null) return Decision.Reject(nobody, []);
        if (view.OpenElectors + electorate.Count > Limits.MaxOpenElectors)
            return Decision.Reject(
                ErrorCodes.QuotaExceeded,
                $"The open proposals have {view.OpenElectors} of at most {Limits.MaxOpenElectors} electors; this one would add {electorate.Count}: close one.");
        var opened = new ProposalOpened
        {
            Proposal = id,
            Swarm = SwarmId,
            Question = Spec.Question,
            Options = ProposalRules.OptionsOf(Spec),
            Rule = ProposalRules.RuleOf(Spec),
            Threshold = Spec.Threshold,
            Quorum = ProposalRules.QuorumOf(Spec),
            Tie = Spec.Tie ?? TieRule.Fail,
            Hidden = Spec.Hidden ?? true,
            Changeable = Spec.Changeable ?? true,
            CloseEarly = Spec.CloseEarly ?? true,
            Deadline = deadline,
            OpenedBy = By.Agent ?? By.User,
            OpenedByAgent = By.Agent is not null,
            Electors = electorate.Count,
            Weight = electorate.Sum(e => e.Weight!.Value),
        };
        var proposal = ConsensusEvolver.Open(opened, view.NextOffset, context.Now) with { Electorate = electorate };
        return Decision.Of(ProposalViews.Of(proposal, null) with { Voted = 0, VotedWeight = 0 }, opened, new ElectorateKept(id, electorate));
    }

    private string IdOf(IHiveView view) => Spec.Id
        ?? (Spec.IdempotencyKey is { } key ? IdempotentId.Of("p", SwarmId, By.Subject, key) : view.NextId(IdPrefix.Proposal));

    private (IReadOnlyList<Elector> Electorate, Error? Problem) Freeze(IHiveView view)
    {
        if (Spec.Electorate is { } named)
        {
            var missing = named.FirstOrDefault(e => e.Agent is { } agent && view.Agent(agent) is not { RemovedAt: null });
            return missing is null
                ? ([.. named.Select(e => e with { Weight = e.Weight ?? 1 })], null)
                : ([], new(ErrorCodes.NotFound, $"There is no agent '{missing.Agent}'."));
        }

        var all = By.Agent is { } opener && view.Links(SwarmId) is { } links && TopologyPolicy.Electorate(links, opener) is { } linked
            ? linked
            : view.Agents.Where(a => a.RemovedAt is null && a.Swarm == SwarmId && view.Presence(a.Id) is { IsHere: true }).Select(a => a.Id);
        var online = all.Order(StringComparer.Ordinal).Take(Limits.MaxElectors + 1).ToArray();
        return online.Length switch
        {
            0 => ([], new(ErrorCodes.InvalidState, $"No agent of swarm '{SwarmId}' is online, so the electorate is empty: name the electors.")),
            > Limits.MaxElectors => ([], new(ErrorCodes.TooLarge, $"More than {Limits.MaxElectors} agents are online: name the electorate.")),
            _ => ([.. online.Select(id => new Elector { Agent = id, Weight = 1 })], null),
        };
    }
}
