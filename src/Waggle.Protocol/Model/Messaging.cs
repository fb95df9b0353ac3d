using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>Agents of a swarm by their places in its topology, as seen by the sender.</summary>
[JsonConverter(typeof(SnakeCaseEnum<MessageAudience>))]
public enum MessageAudience
{
    /// <summary>Each agent that the sender is linked to and that is online; for a sender that is no agent, each agent of the swarm that is online.</summary>
    Neighbours,

    /// <summary>The agents that lead now.</summary>
    Lead,

    /// <summary>The agent above the sender.</summary>
    Parent,

    /// <summary>The agents right under the sender.</summary>
    Children,

    /// <summary>The agent after the sender in a ring.</summary>
    Next,

    /// <summary>
    /// Each agent that is online and that the topology lets hear the sender: in a hierarchy those above and under it, in a star the lead or, of the lead, all.
    /// For a sender that is no agent, each agent of the swarm that is online.
    /// </summary>
    Swarm,
}
