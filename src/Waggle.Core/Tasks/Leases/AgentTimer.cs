using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Leases;

/// <summary>Handles the timer of an agent: the agent has been silent for too long, one of its leases expired, or the hive removes the absent agent.</summary>
internal sealed record AgentTimer(string Agent) : Command<NoResult>
{
    public override string Right => Permissions.WriteAgents;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Agent(Agent) is not { RemovedAt: null } agent || view.Presence(Agent) is not { } presence) return Decision.Nothing;
        var records = new List<RecordData>();
        var quiet = context.Now - presence.SilentSince;
        var unanswered = false;
        foreach (var held in presence.Holding.Order(StringComparer.Ordinal).ToArray())
        {
            if (view.LeaseUntil(held) > context.Now || view.Task(held) is not { } task) continue;
            records.Add(AttemptEnding.Lapse(task, view, context, records));
            unanswered |= quiet >= task.Spec.Lease(context.Options);
        }

        var left = presence.Holding.Count - records.Count;

        // The agent sent nothing for the whole time of a lease, so it would not run the next task either.
        if (unanswered && !presence.Unresponsive) records.Add(new AgentUnresponsive(Agent));
        if (presence.Online && quiet >= context.Options.AgentOfflineAfter)
        {
            records.Add(new AgentWentOffline(Agent));
            var status = left > 0 ? AgentStatus.Unknown : AgentStatus.Offline;
            records.Add(AgentViews.Status(agent, view) with { Status = status, Holding = left, Reason = $"not seen for {(long)quiet.TotalSeconds} s" });
            if (HasFailed(agent, presence)) records.Add(Failed(agent, FailureReason.Heartbeat, quiet, records));
        }
        else if (!presence.Online && left == 0 && records.Count > 0)
        {
            records.Add(AgentViews.Status(agent, view) with { Status = AgentStatus.Offline, Holding = 0, Reason = "its last lease expired" });
        }
        else if (records.Count > 0)
        {
            // Without it, the newest value of the topic would still count the lost leases.
            records.Add(AgentViews.Status(agent, view) with { Holding = left, Reason = "lease_lapsed" });
            if (unanswered && HasFailed(agent, presence)) records.Add(Failed(agent, FailureReason.LeaseLost, quiet, records));
        }
        else if (!presence.Online && presence.Holding.Count == 0 && quiet >= Retention(view, context.Options))
        {
            var reason = "offline for too long";
            records.Add(new AgentRemoved
            {
                Agent = Agent,
                Name = agent.Name,
                Type = agent.Type,
                Swarm = agent.Swarm,
                Reason = reason,
                RemovedBy = By.Subject,
                Requeued = 0,
            });
        }

        return Decision.OfRecords(records);
    }

    // A worker that drained, or that polled and holds nothing, has left. The hub cannot tell whether an agent was there that sent nothing since its own start.
    private static bool HasFailed(AgentEntity agent, AgentLiveness presence) =>
        agent is { Failure: null, Draining: false } && (presence.Holding.Count > 0 || (presence.Heard && !presence.Polls));

    private static AgentFailed Failed(AgentEntity agent, FailureReason reason, TimeSpan quiet, List<RecordData> records)
    {
        var requeued = records.Count(r => r is TaskRequeued);
        return new()
        {
            Agent = agent.Id,
            Name = agent.Name,
            Swarm = agent.Swarm,
            Reason = reason,
            Message = $"Its worker sent nothing for {(long)quiet.TotalSeconds} s.",
            Requeued = requeued,
            Recovery = AgentFailed.RecoveryOf(requeued),
        };
    }

    private TimeSpan Retention(IHiveView view, HiveOptions options) => view.SecretOf(Agent) is null ? options.DeclaredRetention : options.AgentRetention;
}
