namespace Waggle.Client;

/// <summary>What the parts of a worker share and what changes while it runs. Thread-safe.</summary>
internal sealed class WorkerState(string? agentId)
{
    private volatile string? _agentId = agentId;
    private volatile bool _stopping;

    /// <summary>The agent's id: the option's, or what the hub gave at the first welcome.</summary>
    public string? AgentId
    {
        get => _agentId;
        set => _agentId = value;
    }

    /// <summary>The worker takes no more work, and hands back what it cannot finish.</summary>
    public bool IsStopping => _stopping;

    public void Stop() => _stopping = true;
}
