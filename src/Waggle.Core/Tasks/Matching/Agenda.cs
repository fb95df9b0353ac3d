namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// The changes since the matcher last ran, which are all that it examines. A pair of a task and an agent without a change did not fit before and does not fit
/// now.
/// </summary>
internal sealed class Agenda
{
    /// <summary>The agents that may have become able to take a task.</summary>
    public HashSet<string> Agents { get; } = new(StringComparer.Ordinal);

    /// <summary>The queues with an additional task or with additional agents that count.</summary>
    public HashSet<WaitingQueue> Queues { get; } = [];

    /// <summary>The requirements that the first agent began to meet or the last one ceased to meet.</summary>
    public HashSet<Requirement> Requirements { get; } = [];

    /// <summary>The shares that one change of a limit opens.</summary>
    public Openings Openings { get; } = new();

    public void Clear()
    {
        Agents.Clear();
        Queues.Clear();
        Requirements.Clear();
    }
}
