namespace Waggle.Core.Learning;

/// <summary>
/// The agents of each swarm and capability, the one with the oldest draw first. An agent whose draw was unlucky gets no task, so no outcome of its own would
/// ever bring it a new one. Only the owner's loop uses it.
/// </summary>
internal sealed class DrawOrder
{
    private readonly Dictionary<(string Swarm, string Capability), LinkedList<string>> _orders = [];
    private readonly Dictionary<(string Swarm, string Capability, string Agent), LinkedListNode<string>> _nodes = [];

    /// <summary>Moves an agent to the end, or adds it there.</summary>
    public void Drawn(string swarm, string capability, string agent)
    {
        if (!_orders.TryGetValue((swarm, capability), out var order)) _orders[(swarm, capability)] = order = new();
        if (_nodes.TryGetValue((swarm, capability, agent), out var node))
        {
            order.Remove(node);
            order.AddLast(node);
        }
        else
        {
            _nodes[(swarm, capability, agent)] = order.AddLast(agent);
        }
    }

    /// <summary>Returns the agent with the oldest draw, other than one; null if there is no other.</summary>
    public string? Oldest(string swarm, string capability, string except)
    {
        var first = _orders.GetValueOrDefault((swarm, capability))?.First;
        return first?.Value == except ? first.Next?.Value : first?.Value;
    }

    public void Remove(string swarm, string capability, string agent)
    {
        if (!_nodes.Remove((swarm, capability, agent), out var node)) return;
        var order = _orders[(swarm, capability)];
        order.Remove(node);
        if (order.Count == 0) _orders.Remove((swarm, capability));
    }

    public void Clear()
    {
        _orders.Clear();
        _nodes.Clear();
    }
}
