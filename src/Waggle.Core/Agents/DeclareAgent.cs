using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Agents;

/// <summary>
/// Creates an agent before its worker connects. The hub shows the agent under its name and as offline until a worker sends hello for its id. The hub
/// removes an agent whose worker never comes like one that left. The reply is an AgentView.
/// </summary>
/// <param name="Id">The id of the agent; null lets the hub choose one.</param>
public sealed record DeclareAgent(string? Id, string Name, string? Type, string? SwarmId, IReadOnlyDictionary<string, double> Capabilities) : Command<AgentView>
{
    public override string Right => Permissions.WriteAgents;

    public override bool Creates => true;

    public override string? Refusal(IHiveView hive) => By.Reaches(Swarm) ? null : By.OutOfReach(Swarm);

    private string Swarm => SwarmId ?? SwarmEntity.DefaultId;

    public override Decision<AgentView> Decide(IHiveView view, in DecisionContext context)
    {
        if (Problem() is { } problem) return Decision.Reject(ErrorCodes.InvalidRequest, problem);
        if (view.Swarm(Swarm) is null) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{Swarm}'.");
        var id = Id ?? view.NextId(IdPrefix.Agent);
        if (view.Agent(id) is { RemovedAt: null }) return Decision.Reject(ErrorCodes.AlreadyExists, $"There is an agent '{id}' already.");
        if (SwarmQuotas.OfAgents(Swarm, view, 1) is { } full) return Decision.Reject(full, []);
        var registered = new AgentRegistered { Agent = id, Name = Name, Type = Type, Swarm = Swarm, Capabilities = Capabilities };
        return Decision.Of(AgentViews.Of(AgentEvolver.Register(null, registered, view.NextOffset, context.Now), view), registered);
    }

    private string? Problem()
    {
        if (Id is not null && !Ids.IsValid(Id)) return Ids.Rule("agent", Id);
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > Limits.MaxTitleLength) return $"name has 1 to {Limits.MaxTitleLength} characters.";
        if (Type is not null && !Ids.IsValid(Type)) return Ids.Rule("type", Type);
        return CapabilityRules.Problem("capabilities", Capabilities);
    }
}
