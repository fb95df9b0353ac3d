using Waggle.Core.Agents;
using Waggle.Core.Kernel;

namespace Waggle.Core.Tasks.Matching;

/// <summary>The agents that qualify for tasks, as a decision sees them.</summary>
internal interface ICandidateView
{
    /// <summary>Returns the number of agents that qualify for a task now, regardless of their load.</summary>
    int CountQualified(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null);

    /// <summary>A swarm's agents that take the type and have any of the capabilities; where none has, the first by its id that takes the type.</summary>
    IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type);

    /// <summary>Returns the time until which a waiting task goes to agents that have not had it, while any qualifies.</summary>
    DateTimeOffset? OthersUntil(string task);

    /// <summary>Returns the limit or budget that keeps a pending task from being assigned, with its key and use; null if none does.</summary>
    string? WaitingFor(string task);

    /// <summary>Returns the reason why an agent gets no tasks although it takes work; null if it gets them.</summary>
    string? BarOf(string agent);

    /// <summary>Returns what holds the tasks of a group, such as a workflow run; null if nothing does.</summary>
    string? GroupHold(string group);
}

/// <summary>The candidates in the swarms that a principal is limited to.</summary>
internal sealed class ReachableCandidates(ICandidateView whole, IHiveView limited, Principal by) : ICandidateView
{
    public int CountQualified(
        string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null) =>
        by.Reaches(swarm) ? whole.CountQualified(swarm, requires, type, assignTo, except) : 0;

    public IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type) =>
        by.Reaches(swarm) ? whole.AgentsNear(swarm, requires, type) : [];

    public DateTimeOffset? OthersUntil(string task) => limited.Task(task) is null ? null : whole.OthersUntil(task);

    public string? WaitingFor(string task) => limited.Task(task) is null ? null : whole.WaitingFor(task);

    public string? BarOf(string agent) => limited.Agent(agent) is null ? null : whole.BarOf(agent);

    public string? GroupHold(string group) => whole.GroupHold(group);
}

internal static class CandidateViewExtensions
{
    extension(IHiveView view)
    {
        public int CountQualified(
            string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null) =>
            view.View<ICandidateView>().CountQualified(swarm, requires, type, assignTo, except);

        public IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type) =>
            view.View<ICandidateView>().AgentsNear(swarm, requires, type);

        public DateTimeOffset? OthersUntil(string task) => view.View<ICandidateView>().OthersUntil(task);

        public string? WaitingFor(string task) => view.View<ICandidateView>().WaitingFor(task);

        public string? BarOf(string agent) => view.View<ICandidateView>().BarOf(agent);

        public string? GroupHold(string group) => view.View<ICandidateView>().GroupHold(group);
    }
}
