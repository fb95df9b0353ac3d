namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// What changed since the matcher last ran: all that it looks at. Pairs of a task and an agent of which neither is here did not fit before and do not now.
/// </summary>
internal sealed class Agenda
{
    /// <summary>Agents that may have become able to take something.</summary>
    public HashSet<string> Agents { get; } = new(StringComparer.Ordinal);

    /// <summary>Queues with a task more, or for which more agents count.</summary>
    public HashSet<WaitingQueue> Queues { get; } = [];

    /// <summary>Requirements that the first agent began to meet or the last one ceased to.</summary>
    public HashSet<Requirement> Requirements { get; } = [];

    public void Clear()
    {
        Agents.Clear();
        Queues.Clear();
        Requirements.Clear();
    }
}
