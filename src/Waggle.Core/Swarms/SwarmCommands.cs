using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <param name="Topology">The links between its agents; null for a mesh.</param>
public sealed record CreateSwarm(string Name, string? Id, TopologySpec? Topology = null) : Command<SwarmView>
{
    public override string Right => Permissions.WriteSwarms;

    public override bool Creates => true;

    // The principal must choose a name within its reach, because the hub would give one outside it.
    public override string? Refusal(IHiveView hive) => By.Reaches(Id) ? null : By.OutOfReach(Id ?? "");

    public override Error? Malformed() => Topology is null ? null : TopologyRules.Problem(Topology);

    public override Decision<SwarmView> Decide(IHiveView view, in DecisionContext context)
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > Limits.MaxTitleLength)
            return Decision.Reject(ErrorCodes.InvalidRequest, $"A swarm's name has 1 to {Limits.MaxTitleLength} characters.");
        if (Id is not null && !Ids.IsValid(Id)) return Decision.Reject(ErrorCodes.InvalidRequest, Ids.Rule("swarm", Id));
        var id = Id ?? view.NextId(IdPrefix.Swarm);
        if (view.Swarm(id) is not null) return Decision.Reject(ErrorCodes.AlreadyExists, $"There is a swarm '{id}' already.");
        return Decision.Of(
            new SwarmView
            {
                Id = id,
                Name = Name,
                CreatedAt = context.Now,
                Agents = 0,
                Tasks = new Dictionary<string, int>(StringComparer.Ordinal),
                Topology = Shown(Topology?.Kind ?? TopologyKind.Mesh),
            },
            new SwarmCreated { SwarmId = id, Name = Name, CreatedBy = By.Subject, Swarm = id, Topology = Topology });
    }

    // An adaptive topology begins as a mesh.
    private static TopologyView Shown(TopologyKind kind) =>
        new() { Kind = kind, Current = kind == TopologyKind.Adaptive ? TopologyKind.Mesh : kind, Leads = [] };
}

public sealed record ShowSwarm(string Id) : Command<SwarmView>
{
    public override string Right => Permissions.ReadSwarms;

    public override Decision<SwarmView> Decide(IHiveView view, in DecisionContext context) =>
        view.Swarm(Id) is { } swarm
            ? Decision.Of(SwarmViews.Of(swarm, view) with { Metrics = view.Metrics([Id], context.Now).GetValueOrDefault(Id) })
            : Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{Id}'.");
}

public sealed record ListSwarms : Command<SwarmPage>
{
    public override string Right => Permissions.ReadSwarms;

    public override Decision<SwarmPage> Decide(IHiveView view, in DecisionContext context) =>
        Decision.Of(new Protocol.Messages.SwarmPage([.. view.Swarms.OrderBy(s => s.Seq).Select(s => SwarmViews.Of(s, view))]));
}
