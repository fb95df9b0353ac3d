using System.Security.Cryptography;
using System.Text;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;

namespace Waggle.Core.Agents;

/// <summary>Verifies an agent's secret for a client without a connection, which may then act for the agent. Changes nothing.</summary>
public sealed record ProveAgent(string Agent, string Secret) : Command<NoResult>
{
    public override string Right => Permissions.WorkTasks;

    public override string? Refusal(IHiveView hive) => AgentRights.Problem(By, Agent);

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Agent(Agent) is not { RemovedAt: null } || view.SecretOf(Agent) is not { } hash)
            return Decision.Reject(ErrorCodes.NotAnAgent, $"There is no agent '{Agent}': it is registered when it first asks for work.");
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(AgentSecret.HashOf(Secret)))
            ? Decision.Nothing
            : Decision.Reject(ErrorCodes.AgentInUse, $"Agent '{Agent}' is held by another worker, with another secret.");
    }
}
