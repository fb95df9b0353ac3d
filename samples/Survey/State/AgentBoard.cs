using Waggle.Protocol.Model;

namespace Waggle.Survey.State;

/// <summary>The agents of the swarm and the tasks of each, from the hub's records.</summary>
internal sealed class AgentBoard
{
    private readonly Dictionary<string, DemoAgent> _agents = new(StringComparer.Ordinal);

    public IEnumerable<DemoAgent> All => _agents.Values;

    /// <summary>Returns the agents with a name. A restarted worker is a new agent with the same name.</summary>
    public IEnumerable<DemoAgent> Named(string name) => _agents.Values.Where(agent => agent.Name == name);

    public DemoAgent Of(string id, string? name = null)
    {
        if (!_agents.TryGetValue(id, out var agent)) _agents.Add(id, agent = new DemoAgent(id) { Name = id });
        if (name is not null) agent.Name = name;
        return agent;
    }

    public void Apply(Particulars data)
    {
        if (data.Agent is null) return;
        var agent = Of(data.Agent, data.Name);
        if (data.Status is { } status) agent.Status = status;
    }

    public static void Give(DemoTask task, DemoAgent agent)
    {
        Take(task);
        task.Holder = agent;
        agent.Holding.Add(task);
    }

    public static void Take(DemoTask task)
    {
        task.Holder?.Holding.Remove(task);
        task.Holder = null;
        task.Progress = null;
        task.Message = null;
    }

    /// <summary>Replaces the agents by their current state. The caller then adds the tasks that they hold.</summary>
    public void Reload(IEnumerable<AgentView> agents)
    {
        foreach (var agent in _agents.Values) agent.Holding.Clear();
        foreach (var view in agents)
        {
            var agent = Of(view.Id, view.Name);
            agent.Status = view.Status;
            agent.Completed = (int)view.Completed;
        }
    }
}
