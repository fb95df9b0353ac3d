using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Leases;

/// <summary>Removes an agent. The tasks that it holds return to the queue.</summary>
public sealed record RemoveAgent(string Agent, string? Reason) : Command<AgentView>
{
    public override Error? Malformed() => TextRules.Problem("reason", Reason);

    public override string Right => Permissions.WriteAgents;

    public override Decision<AgentView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Agent(Agent) is not { RemovedAt: null } agent) return AgentViews.Missing(Agent);
        var records = new List<RecordData>();
        foreach (var held in view.Presence(Agent)?.Holding.Order(StringComparer.Ordinal).ToArray() ?? [])
        {
            if (view.Task(held) is { } task) records.Add(AttemptEnding.HandBack(task, view, AttemptOutcomes.AgentRemoved, earlier: records));
        }

        var requeued = records.Count(r => r is TaskRequeued);
        records.Add(new AgentRemoved
        {
            Agent = Agent,
            Name = agent.Name,
            Type = agent.Type,
            Swarm = agent.Swarm,
            Reason = Reason,
            RemovedBy = By.Subject,
            Requeued = requeued,
        });
        return Decision.Of(AgentViews.Of(agent, view) with { Status = AgentStatus.Removed, Holding = [] }, records);
    }
}
