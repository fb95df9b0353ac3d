using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Searching;

/// <summary>Compares tasks with a filter. Pure.</summary>
internal static class TaskMatches
{
    /// <summary>Whether a task is as the filter requires, its words apart.</summary>
    public static bool Matches(TaskQuery query, TaskEntity task) =>
        (query.States is not { Count: > 0 } states || states.Contains(task.State))
        && (query.Swarm is null || query.Swarm == task.Swarm)
        && (query.Parent is null || query.Parent == task.Spec.Parent)
        && (query.Agent is null || query.Agent == task.Lease?.Agent)
        && (query.Type is null || query.Type == task.Spec.Type)
        && (query.Error is null || query.Error == TaskFault.Of(task)?.Fingerprint);

    /// <summary>Whether the store's columns suffice for the filter.</summary>
    public static bool NeedsIndex(TaskQuery query) => query.Text is not null || query.Type is not null || query.Error is not null;
}
