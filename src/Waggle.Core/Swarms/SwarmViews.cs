using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>Builds the views of swarms.</summary>
internal static class SwarmViews
{
    public static SwarmView Of(SwarmEntity swarm, IHiveView view) => new()
    {
        Id = swarm.Id,
        Name = swarm.Name,
        CreatedAt = swarm.CreatedAt,
        Agents = view.CountAgents(swarm.Id),
        Tasks = view.OpenTasks(swarm.Id).ToDictionary(
            p => SnakeCase.Of(p.Key), p => p.Value, StringComparer.Ordinal),
        State = swarm.State,
        StateSince = swarm.StateSince,
        StateBy = swarm.StateBy,
        Topology = view.TopologyOf(swarm.Id),
        Quota = SwarmQuotas.Shown(swarm, view),
    };
}
