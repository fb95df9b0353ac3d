using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol.Json;

namespace Waggle.Core.Performance;

/// <summary>
/// Publishes the figures of each swarm whose figures may have changed since the last report. The hub sends it with each of its readings. It stores nothing.
/// </summary>
public sealed record ReportSwarms : Command<IReadOnlyList<SwarmMeasured>>
{
    public override string Right => Permissions.WriteSystem;

    internal override bool OnlyReads => true;

    public override Decision<IReadOnlyList<SwarmMeasured>> Decide(IHiveView view, in DecisionContext context)
    {
        var changed = view.View<IPerformanceView>().Changed(context.Now);
        if (changed.Count == 0) return Decision.Of<IReadOnlyList<SwarmMeasured>>([]);
        var records = new List<SwarmMeasured>(changed.Count);
        foreach (var (id, metrics) in changed)
        {
            if (view.Swarm(id) is not { } swarm) continue;
            records.Add(new SwarmMeasured
            {
                SwarmId = id,
                Name = swarm.Name,
                State = swarm.State,
                Topology = view.TopologyOf(id).Current,
                Tasks = view.OpenTasks(id).ToDictionary(p => SnakeCase.Of(p.Key), p => p.Value, StringComparer.Ordinal),
                Agents = metrics.Agents,
                FailedAgents = metrics.FailedAgents,
                Totals = metrics.Totals,
                Window = metrics.Window,
                Swarm = id,
            });
        }

        return Decision.Of<IReadOnlyList<SwarmMeasured>>(records, [.. records]);
    }
}
