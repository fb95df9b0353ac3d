using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>The agents and the open tasks of a swarm, counted. The feature that has the tasks offers this view.</summary>
internal interface ISwarmWork
{
    int CountAgents(string swarm);

    /// <summary>Open tasks by state; states without a task are left out.</summary>
    IReadOnlyDictionary<TaskState, int> OpenTasks(string swarm);
}

internal static class SwarmWorkExtensions
{
    extension(IHiveView view)
    {
        public int CountAgents(string swarm) => view.View<ISwarmWork>().CountAgents(swarm);

        public IReadOnlyDictionary<TaskState, int> OpenTasks(string swarm) => view.View<ISwarmWork>().OpenTasks(swarm);
    }
}
