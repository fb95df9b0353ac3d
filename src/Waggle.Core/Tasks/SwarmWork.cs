using Waggle.Core.Swarms;
using Waggle.Core.Tasks.Matching;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Counts the work of a swarm for a principal.</summary>
/// <param name="reaches">Whether the principal reaches a swarm.</param>
internal sealed class SwarmWork(TaskCounts tasks, Dispatch dispatch, Func<string, bool> reaches) : ISwarmWork
{
    public int CountAgents(string swarm) => reaches(swarm) ? dispatch.CountAgents(swarm) : 0;

    // A principal asks for swarms that it was shown; those are in its reach.
    public IReadOnlyDictionary<TaskState, int> OpenTasks(string swarm) => tasks.Of(swarm);
}
