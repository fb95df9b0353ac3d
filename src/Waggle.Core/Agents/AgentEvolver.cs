using Waggle.Protocol.Model;

namespace Waggle.Core.Agents;

/// <summary>Computes an agent's next value from a record. Pure.</summary>
internal static class AgentEvolver
{
    public static AgentEntity Register(AgentEntity? before, AgentRegistered r, long offset, DateTimeOffset at) =>
        before is null or { RemovedAt: not null }
            ? new AgentEntity
            {
                Id = r.Agent,
                Seq = offset,
                Name = r.Name,
                Type = r.Type,
                Swarm = r.Swarm!,
                Capabilities = r.Capabilities,
                Types = r.Types,
                RegisteredAt = at,
            }
            : before with
            {
                Name = r.Name,
                Type = r.Type,
                Swarm = r.Swarm!,
                Capabilities = r.Capabilities,
                Types = r.Types,
                Draining = r.Draining,
                DrainedBy = r.Draining ? before.DrainedBy : null,
                Failure = null,
            };

    public static AgentEntity Evolve(AgentEntity agent, AgentRecord record, DateTimeOffset at) => record switch
    {
        AgentDraining r => agent with { Draining = true, DrainedBy = r.RequestedBy },
        AgentRemoved => agent with { RemovedAt = at },
        AgentFailed r => agent with { Failure = r.FailureAt(at) },
        _ => agent,
    };

    /// <summary>Adds the end of an attempt to the agent's record of service.</summary>
    /// <param name="workedMs">The duration of a completed attempt in milliseconds; null if unknown.</param>
    public static AgentEntity Count(AgentEntity agent, string outcome, long? workedMs = null) => outcome switch
    {
        AttemptOutcomes.Completed when workedMs is { } ms =>
            agent with { Completed = agent.Completed + 1, Timed = agent.Timed + 1, WorkedMs = agent.WorkedMs + ms },
        AttemptOutcomes.Completed => agent with { Completed = agent.Completed + 1 },
        AttemptOutcomes.Failed or AttemptOutcomes.Timeout => agent with { Failed = agent.Failed + 1 },
        AttemptOutcomes.Lost => agent with { Lost = agent.Lost + 1 },
        _ => agent,
    };
}
