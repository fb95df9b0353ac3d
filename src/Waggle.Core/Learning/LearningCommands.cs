using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;

namespace Waggle.Core.Learning;

/// <summary>
/// Follows an outcome: tells what changed visibly, and draws anew for the agent, and for the agent whose draw is the oldest. Two draws for each capability,
/// however many agents there are.
/// </summary>
internal sealed record FollowOutcome(string Agent, IReadOnlyList<string> Capabilities) : Command<NoResult>
{
    public override string Right => Permissions.WriteAgents;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Agent(Agent) is not { RemovedAt: null } agent) return Decision.Nothing;
        var records = new List<RecordData>();
        foreach (var capability in Capabilities)
        {
            if (view.Learning.Evidence(Agent, capability) is not { } known) continue;
            if (ProficiencyViews.ChangeOf(agent, capability, known, context.Now) is { } change) records.Add(change);
            records.AddRange(Draws.Of(agent, capability, view, context));
            if (view.Learning.OldestDraw(agent.Swarm, capability, Agent) is { } other)
                records.AddRange(Draws.Of(view.Agent(other)!, capability, view, context));
        }

        return Decision.OfRecords(records);
    }
}

/// <summary>Draws once for all that was loaded, because no store holds draws.</summary>
internal sealed record DrawLoaded : Command<NoResult>
{
    public override string Right => Permissions.WriteAgents;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        var records = new List<RecordData>();
        foreach (var id in view.Learning.Undrawn)
        {
            if (view.Agent(id) is not { RemovedAt: null } agent) continue;
            foreach (var capability in agent.Capabilities.Keys)
            {
                if (view.Learning.Evidence(id, capability) is not null) records.AddRange(Draws.Of(agent, capability, view, context));
            }
        }

        return Decision.OfRecords([.. records, new LoadedDrawn()]);
    }
}

internal static class Draws
{
    /// <summary>Returns a draw for a capability of an agent; none for a capability that the agent does not have.</summary>
    public static IEnumerable<RecordData> Of(AgentEntity agent, string capability, IHiveView view, in DecisionContext context)
    {
        if (!agent.Capabilities.TryGetValue(capability, out var declared)) return [];
        var posterior = Posterior.Of(declared, view.Learning.Evidence(agent.Id, capability), context.Now);
        return [new ProficiencyDrawn(agent.Id, capability, ProficiencyViews.Rounded(posterior.Draw(context.Dice)))];
    }
}
