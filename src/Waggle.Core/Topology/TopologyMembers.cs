using Waggle.Core.Agents;
using Waggle.Core.Kernel;

namespace Waggle.Core.Topology;

/// <summary>The agents of swarms whose topology keeps no links, that is of a mesh.</summary>
internal static class TopologyMembers
{
    extension(IHiveView view)
    {
        /// <summary>The agents of a swarm that are online, those that were registered first before the others. Each agent of the hive is examined.</summary>
        public string[] AgentsOnline(string swarm) =>
        [
            .. view.Agents.Where(a => a.RemovedAt is null && a.Swarm == swarm && view.Presence(a.Id) is { Online: true })
                .OrderBy(a => a.Seq).ThenBy(a => a.Id, StringComparer.Ordinal).Select(a => a.Id),
        ];
    }
}
