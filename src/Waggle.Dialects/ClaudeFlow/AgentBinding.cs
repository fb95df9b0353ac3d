using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// The agent that a connection reports as. The messages name it in a field only, so the first agent that a client names is that of the connection until its
/// end.
/// </summary>
internal static class AgentBinding
{
    /// <summary>Returns the intent to act as an agent, and before it, if the connection has none yet, the intent to become its worker.</summary>
    /// <param name="swarm">The swarm that the agent joins; null: the one that it has, else the default.</param>
    /// <param name="keepsSwarm">Whether only a new agent joins it, and a known one stays where it is.</param>
    /// <exception cref="DialectException">The connection reports as another agent.</exception>
    public static Intent As(Publication published, string agent, string? swarm, Func<Principal, Intent> act, bool keepsSwarm = false)
    {
        if (published.By.Agent is { } own)
        {
            if (own != agent)
            {
                throw new DialectException(new(
                    ErrorCodes.Forbidden, $"This connection reports as agent '{own}' and may not speak for '{PayloadReader.Clip(agent)}'."));
            }

            if (!published.HasLeft) return act(published.By);
        }

        // The hub gives an intent that follows an attachment the principal of the agent.
        var hello = new AgentHello { Id = agent, Secret = AgentSecret.OfUser(published.By.User), Swarm = swarm, Slots = 0 };
        return new ActForIntent(published.Call, hello, act(published.By)) { KeepsSwarm = keepsSwarm };
    }

    /// <summary>Returns the agent of the connection for a report that names none.</summary>
    /// <exception cref="DialectException">The connection reports as no agent.</exception>
    public static string Own(Publication published) => published.By.Agent ?? throw new DialectException(new(
        ErrorCodes.NotAnAgent, "This connection reports as no agent yet: publish the status of its agent to agent.ID.status first."));
}
