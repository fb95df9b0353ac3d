using Waggle.Core.Kernel;

namespace Waggle.Core.Tasks;

/// <summary>Counts and traces the effect of a turn on tasks.</summary>
internal static class TaskReport
{
    /// <param name="open">Open tasks of all swarms, indexed by state.</param>
    /// <param name="agents">Agents that are here.</param>
    /// <param name="limited">Pending tasks that a reached limit keeps from being assigned.</param>
    public static void Write(in TurnReport turn, TaskMetrics metrics, ITaskView tasks, ReadOnlySpan<long> open, int agents, int limited)
    {
        foreach (var (data, _) in turn.Batch)
        {
            metrics.Happened(data);
            if (data is TaskAssigned { Task: var id } && tasks.Task(id) is { QueuedAt: { } queued }) metrics.Waited(turn.Now - queued);
        }

        metrics.Opened(open, agents, limited);
        TaskTracing.Trace(turn, tasks);
    }
}
