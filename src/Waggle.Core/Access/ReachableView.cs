using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Access;

/// <summary>
/// The hive as a principal that is limited to swarms sees it: what belongs to others is not there, so no command can show or change it. Commands that create
/// something under a name of the client's choice look at the whole, see <see cref="Command.Refusal"/>.
/// </summary>
internal sealed class ReachableView(IHiveView whole, HiveContext context, Principal by) : IHiveView
{
    private readonly Dictionary<Type, object> _views = [];

    public string Hive => whole.Hive;

    public long Epoch => whole.Epoch;

    public long NextOffset => whole.NextOffset;

    public IEnumerable<AgentEntity> Agents => whole.Agents.Where(a => by.Reaches(a.Swarm));

    public TaskEntity? Task(string id) => whole.Task(id) is { } task && by.Reaches(task.Swarm) ? task : null;

    public AttemptView? Attempt(string task, int attempt) => Task(task) is null ? null : whole.Attempt(task, attempt);

    public string? TaskByIdempotencyKey(string swarm, string key) => by.Reaches(swarm) ? whole.TaskByIdempotencyKey(swarm, key) : null;

    public AgentEntity? Agent(string id) => whole.Agent(id) is { } agent && by.Reaches(agent.Swarm) ? agent : null;

    public string? SecretOf(string agent) => Agent(agent) is null ? null : whole.SecretOf(agent);

    public AgentLiveness? Presence(string agent) => Agent(agent) is null ? null : whole.Presence(agent);

    public int CountQualified(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null) =>
        by.Reaches(swarm) ? whole.CountQualified(swarm, requires, type, assignTo, except) : 0;

    public int CountAgents(string swarm) => by.Reaches(swarm) ? whole.CountAgents(swarm) : 0;

    public IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type) => by.Reaches(swarm) ? whole.AgentsNear(swarm, requires, type) : [];

    public DateTimeOffset? OthersUntil(string task) => Task(task) is null ? null : whole.OthersUntil(task);

    public DateTimeOffset? LeaseUntil(string task) => Task(task) is null ? null : whole.LeaseUntil(task);

    public bool IsAcknowledged(string task) => Task(task) is not null && whole.IsAcknowledged(task);

    public TaskActivity? Activity(string task) => Task(task) is null ? null : whole.Activity(task);

    public int OpenDependencies(string task) => whole.OpenDependencies(task);

    public IReadOnlyCollection<string> Dependents(string task) => whole.Dependents(task);

    public IReadOnlyList<TaskEntity> NewestOpen(string swarm, long below, int most) => by.Reaches(swarm) ? whole.NewestOpen(swarm, below, most) : [];

    public IReadOnlyDictionary<TaskState, int> OpenTasks(string swarm) => whole.OpenTasks(swarm);

    public bool IsTaken(EntityKey key) => whole.IsTaken(key);

    // A view is made when the first decision asks for it; a decision needs few of them.
    public T View<T>()
        where T : class => (T)(_views.TryGetValue(typeof(T), out var view) ? view : _views[typeof(T)] = context.Views.Limited<T>(this, by));
}
