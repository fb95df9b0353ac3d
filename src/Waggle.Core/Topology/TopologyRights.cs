using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol;

namespace Waggle.Core.Topology;

/// <summary>Applies the topology of a swarm to a principal. It binds the agents of the swarm, and no person, program or agent of another swarm.</summary>
internal static class TopologyRights
{
    /// <summary>Returns the error for a principal that may not give a task of the swarm to an agent, or to any (null); null if it may.</summary>
    public static Error? Assign(Principal by, string swarm, string? to, IHiveView view) =>
        by.Agent is { } from && view.Links(swarm) is { } links && view.Agent(from)?.Swarm == swarm && TopologyPolicy.MayAssign(links, from, to) is { } why
            ? new(ErrorCodes.NotLinked, why)
            : null;
}
