using Waggle.Core.Kernel;

namespace Waggle.Core.Tasks;

/// <summary>Counts and traces the effect of a turn on tasks.</summary>
internal static class TaskReport
{
    /// <param name="open">The number of open tasks of all swarms, indexed by state.</param>
    /// <param name="agents">The number of agents that are here.</param>
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
