using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Agents;

/// <summary>Detaches a worker's connection that ended. The agent keeps its leases until they expire.</summary>
public sealed record DetachAgent(string Agent, IAgentLink Link) : Command<NoResult>
{
    public override string Right => Permissions.WorkTasks;

    // The end of an older connection must not detach the newer one that replaced it.
    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        ReferenceEquals(view.Presence(Agent)?.Link, Link) ? Decision.OfRecords(new AgentDetached(Agent)) : Decision.Nothing;
}

public sealed record SetCredit(string Agent, int Slots) : Command<AgentView>
{
    public override string Right => Permissions.WorkTasks;

    public override Decision<AgentView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Agent(Agent) is not { RemovedAt: null } agent) return AgentViews.Missing(Agent);
        if (Slots is < 0 or > Limits.MaxSlots) return Decision.Reject(ErrorCodes.InvalidRequest, $"slots is 0 to {Limits.MaxSlots}; it was {Slots}.");
        var presence = view.Presence(Agent);
        return Decision.Of(
            AgentViews.Of(agent, view) with { Slots = Slots },
            new CreditChanged(Agent, Slots),
            AgentViews.Status(agent, view) with { Slots = Slots, Holding = presence?.Holding.Count ?? 0 });
    }
}

public sealed record DrainAgent(string Agent) : Command<AgentView>
{
    // A worker may remove its own agent.
    public override string Right => By.Agent == Agent ? Permissions.WorkTasks : Permissions.WriteAgents;

    public override Decision<AgentView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Agent(Agent) is not { RemovedAt: null } agent) return AgentViews.Missing(Agent);
        var shown = AgentViews.Of(agent, view) with { Status = AgentStatus.Draining };
        if (agent.Draining) return Decision.Of(shown);
        return Decision.Of(
            shown,
            new AgentDraining { Agent = Agent, Name = agent.Name, Type = agent.Type, Swarm = agent.Swarm, RequestedBy = By.Subject },
            AgentViews.Status(agent, view) with { Status = AgentStatus.Draining });
    }
}

/// <summary>Ends a drain, so that the agent receives work again. Without a drain the command changes nothing.</summary>
public sealed record ResumeAgent(string Agent) : Command<AgentView>
{
    public override string Right => Permissions.WriteAgents;

    public override Decision<AgentView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Agent(Agent) is not { RemovedAt: null } agent) return AgentViews.Missing(Agent);
        if (!agent.Draining) return Decision.Of(AgentViews.Of(agent, view));
        var resumed = agent with { Draining = false };
        return Decision.Of(
            AgentViews.Of(resumed, view),
            AgentViews.Registered(resumed),
            AgentViews.Status(resumed, view) with { OldStatus = AgentViews.StatusOf(agent, view.Presence(Agent)), Reason = "resumed" });
    }
}

public sealed record ShowAgent(string Agent) : Command<AgentView>
{
    public override string Right => Permissions.ReadAgents;

    public override Decision<AgentView> Decide(IHiveView view, in DecisionContext context) =>
        view.Agent(Agent) is { RemovedAt: null } agent
            ? Decision.Of(AgentViews.Of(agent, view) with { Proficiency = view.Proficiencies(Agent) })
            : AgentViews.Missing(Agent);
}

internal static class AgentViews
{
    public static Effect Missing(string agent) => Decision.Reject(ErrorCodes.NotFound, $"There is no agent '{agent}'.");

    public static AgentView Of(AgentEntity agent, IHiveView view)
    {
        var presence = view.Presence(agent.Id);
        return new AgentView
        {
            Id = agent.Id,
            Name = agent.Name,
            Type = agent.Type,
            Swarm = agent.Swarm,
            Status = StatusOf(agent, presence),
            Capabilities = agent.Capabilities,
            Types = agent.Types,
            Slots = presence?.Slots ?? 0,
            Holding = presence is null ? [] : [.. presence.Holding.Order(StringComparer.Ordinal)],
            RegisteredAt = agent.RegisteredAt,
            LastSeenAt = presence is { Heard: true } ? presence.LastSeenAt : null,
            Completed = agent.Completed,
            Failed = agent.Failed,
            Lost = agent.Lost,
            AverageMs = agent.AverageMs,
            Failure = agent.Failure,
        };
    }

    /// <summary>Returns the record of an agent whose properties are as given.</summary>
    public static AgentRegistered Registered(AgentEntity agent) => new()
    {
        Agent = agent.Id,
        Name = agent.Name,
        Type = agent.Type,
        Swarm = agent.Swarm,
        Capabilities = agent.Capabilities,
        Types = agent.Types,
        Draining = agent.Draining,
        Changed = true,
    };

    public static AgentStatusChanged Status(AgentEntity agent, IHiveView view)
    {
        var presence = view.Presence(agent.Id);
        return new AgentStatusChanged
        {
            Agent = agent.Id,
            Name = agent.Name,
            Type = agent.Type,
            Swarm = agent.Swarm,
            Status = StatusOf(agent, presence),
            OldStatus = StatusOf(agent, presence),
            Slots = presence?.Slots ?? 0,
            Holding = presence?.Holding.Count ?? 0,
        };
    }

    public static AgentStatus StatusOf(AgentEntity agent, AgentLiveness? presence) =>
        agent.RemovedAt is not null ? AgentStatus.Removed
        : presence is not { IsHere: true } ? presence is { Holding.Count: > 0 } ? AgentStatus.Unknown : AgentStatus.Offline
        : agent.Draining ? AgentStatus.Draining
        : AgentStatus.Online;
}
