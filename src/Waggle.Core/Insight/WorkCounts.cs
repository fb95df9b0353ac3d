using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>Counts the open work of the swarms, over the hot state.</summary>
internal static class WorkCounts
{
    public static Dictionary<string, long> Tasks(IHiveView view)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var state = TaskState.Blocked; !state.IsTerminal(); state++) counts[TaskColumns.Name(state)] = 0;
        foreach (var swarm in view.Swarms)
        {
            foreach (var (state, count) in view.OpenTasks(swarm.Id)) counts[TaskColumns.Name(state)] += count;
        }

        return counts;
    }

    public static Dictionary<string, long> Agents(IHiveView view)
    {
        long idle = 0, working = 0, draining = 0, offline = 0;
        foreach (var agent in view.Agents)
        {
            if (agent.RemovedAt is not null) continue;
            if (view.Presence(agent.Id) is not { IsHere: true } presence) offline++;
            else if (agent.Draining) draining++;
            else if (presence.Holding.Count > 0) working++;
            else idle++;
        }

        return new(StringComparer.Ordinal) { ["idle"] = idle, ["working"] = working, ["draining"] = draining, ["offline"] = offline };
    }
}
