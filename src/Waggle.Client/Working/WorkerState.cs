namespace Waggle.Client;

/// <summary>The state that the parts of a worker share and that changes while it runs. Thread-safe.</summary>
internal sealed class WorkerState(string? agentId, int slots)
{
    private volatile string? _agentId = agentId;
    private volatile int _slots = slots;
    private volatile bool _stopping;

    /// <summary>The agent's id: that of the options, or the one that the hub chose at the first welcome.</summary>
    public string? AgentId
    {
        get => _agentId;
        set => _agentId = value;
    }

    /// <summary>The number of tasks that the worker takes at a time.</summary>
    public int Slots
    {
        get => _slots;
        set => _slots = value;
    }

    /// <summary>Whether the worker accepts no more work and returns the tasks that it cannot finish.</summary>
    public bool IsStopping => _stopping;

    public void Stop() => _stopping = true;
}
