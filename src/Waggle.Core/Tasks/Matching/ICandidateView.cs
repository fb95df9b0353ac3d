using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;

namespace Waggle.Core.Tasks.Matching;

/// <summary>What decisions may see of the agents that could have a task.</summary>
internal interface ICandidateView
{
    /// <summary>How many agents could have a task now, whatever their load.</summary>
    int CountQualified(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null);

    int CountAgents(string swarm);

    /// <summary>A swarm's agents that take the type and have any of the capabilities; where none has, the first by its id that takes the type.</summary>
    IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type);

    /// <summary>Until when a waiting task goes to other agents than those that it was at, while any qualifies.</summary>
    DateTimeOffset? OthersUntil(string task);
}

/// <summary>The candidates in the swarms that a principal is limited to.</summary>
internal sealed class ReachableCandidates(ICandidateView whole, IHiveView limited, Principal by) : ICandidateView
{
    public int CountQualified(
        string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null) =>
        by.Reaches(swarm) ? whole.CountQualified(swarm, requires, type, assignTo, except) : 0;

    public int CountAgents(string swarm) => by.Reaches(swarm) ? whole.CountAgents(swarm) : 0;

    public IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type) =>
        by.Reaches(swarm) ? whole.AgentsNear(swarm, requires, type) : [];

    public DateTimeOffset? OthersUntil(string task) => limited.Task(task) is null ? null : whole.OthersUntil(task);
}

internal static class CandidateViewExtensions
{
    extension(IHiveView view)
    {
        public int CountQualified(
            string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null) =>
            view.View<ICandidateView>().CountQualified(swarm, requires, type, assignTo, except);

        public int CountAgents(string swarm) => view.View<ICandidateView>().CountAgents(swarm);

        public IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type) =>
            view.View<ICandidateView>().AgentsNear(swarm, requires, type);

        public DateTimeOffset? OthersUntil(string task) => view.View<ICandidateView>().OthersUntil(task);
    }
}
