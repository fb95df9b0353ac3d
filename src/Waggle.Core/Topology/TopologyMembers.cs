using Waggle.Core.Agents;
using Waggle.Core.Kernel;

namespace Waggle.Core.Topology;

/// <summary>The agents of swarms whose topology keeps no links, that is of a mesh.</summary>
internal static class TopologyMembers
{
    extension(IHiveView view)
    {
        /// <summary>The agents of a swarm that are online, those that were registered first before the others. Only the swarm's agents are examined.</summary>
        public string[] AgentsOnline(string swarm) => [.. view.OnlineIn(swarm)];

        /// <summary>The same, examined one by one as the caller takes them.</summary>
        public IEnumerable<string> OnlineIn(string swarm) => view.AgentsIn(swarm).Where(a => view.Presence(a) is { Online: true });
    }
}
