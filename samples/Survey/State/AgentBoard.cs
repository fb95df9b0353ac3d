using Waggle.Protocol.Model;

namespace Waggle.Survey.State;

/// <summary>The agents of the swarm and what each has in hand, from what the hub says of them.</summary>
internal sealed class AgentBoard
{
    private readonly Dictionary<string, DemoAgent> _agents = new(StringComparer.Ordinal);

    public IEnumerable<DemoAgent> All => _agents.Values;

    /// <summary>A worker that was started again is a new agent of the same name.</summary>
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

    /// <summary>The agents as they stand; what they hold is given to them anew.</summary>
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
