using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>What a budget covers.</summary>
internal static class BudgetScope
{
    /// <summary>Returns the swarm that a spec belongs to; null for the hive, and for a task or run that is not open.</summary>
    public static string? SwarmOf(BudgetSpec spec, IHiveView view) =>
        spec.Task is { } task ? view.Task(task)?.Swarm : spec.Run is { } run ? view.OpenRun(run)?.Entity.Swarm : spec.Swarm;

    /// <summary>Returns the error of a spec whose swarm, task or run does not exist or has ended; null if it can have a budget.</summary>
    public static Error? Problem(BudgetSpec spec, IHiveView view)
    {
        if (spec.Swarm is { } swarm && view.Swarm(swarm) is null) return Missing($"There is no swarm '{swarm}'.");
        if (spec.Task is { } task && (view.Task(task) is not { } found || found.State.IsTerminal())) return Missing($"There is no open task '{task}'.");
        if (spec.Run is { } run && view.OpenRun(run) is null) return Missing($"There is no open run '{run}'.");
        return null;
    }

    private static Error Missing(string message) => new(ErrorCodes.NotFound, message);
}
