using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>The steps whose values the hub has to read before they go on, the longest waiting first. Only the owner's loop uses it.</summary>
internal sealed class EvaluationQueue
{
    private readonly LinkedList<(string Run, int Step)> _order = [];
    private readonly Dictionary<(string Run, int Step), LinkedListNode<(string Run, int Step)>> _nodes = [];

    public IEnumerable<(string Run, int Step)> All => _order;

    public int Count => _order.Count;

    /// <summary>Takes up a step that waits for values, or drops one that waits no longer.</summary>
    public void Follow(OpenRun run, int step)
    {
        var key = (run.Entity.Id, step);
        var waits = run.Entity is { State: WorkflowRunState.Running, Restored: null } && run.Step(step) is { } there
            && (there.State == WorkflowStepState.Evaluating
                || (there is { State: WorkflowStepState.Running, Error: null } && run.Map(step) is { } map && map.Begun < map.Count));
        if (waits)
        {
            if (!_nodes.ContainsKey(key)) _nodes.Add(key, _order.AddLast(key));
        }
        else if (_nodes.Remove(key, out var place))
        {
            _order.Remove(place);
        }
    }

    /// <summary>Drops the steps of a run.</summary>
    public void Leave(OpenRun run)
    {
        foreach (var step in run.Active)
        {
            if (_nodes.Remove((run.Entity.Id, step), out var place)) _order.Remove(place);
        }
    }

    public void Clear()
    {
        _order.Clear();
        _nodes.Clear();
    }
}
