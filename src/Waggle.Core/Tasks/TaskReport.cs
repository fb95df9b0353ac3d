using Waggle.Core.Kernel;

namespace Waggle.Core.Tasks;

/// <summary>Counts and traces what a turn did to tasks.</summary>
internal static class TaskReport
{
    /// <param name="open">Open tasks of all swarms, indexed by state.</param>
    /// <param name="agents">Agents that are here.</param>
    public static void Write(in TurnReport turn, ITaskView tasks, ReadOnlySpan<long> open, int agents)
    {
        foreach (var (data, _) in turn.Batch)
        {
            turn.Metrics.Happened(data);
            if (data is TaskAssigned { Task: var id } && tasks.Task(id) is { QueuedAt: { } queued }) turn.Metrics.Waited(turn.Now - queued);
        }

        turn.Metrics.Opened(open, agents);
        TaskTracing.Trace(turn, tasks);
    }
}
