using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>The topologies of swarms, for their views. The feature of topologies offers this view.</summary>
internal interface ISwarmTopology
{
    TopologyView Topology(string swarm);
}

internal static class SwarmTopologyExtensions
{
    extension(IHiveView view)
    {
        public TopologyView TopologyOf(string swarm) => view.View<ISwarmTopology>().Topology(swarm);
    }
}
