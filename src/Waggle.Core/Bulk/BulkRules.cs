using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Searching;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>The tasks that a bulk is about. Pure.</summary>
internal static class BulkRules
{
    private static readonly TaskState[] Open = [.. Enum.GetValues<TaskState>().Where(s => !s.IsTerminal())];
    private static readonly TaskState[] Unsuccessful = [TaskState.Failed, TaskState.Cancelled, TaskState.Expired];

    /// <summary>Returns the fault of a spec; null without one.</summary>
    public static Error? Problem(BulkSpec spec)
    {
        if (spec.Filter is null) return Bad("bulk.filter is missing; {} selects every task that the client reaches.");
        if (spec.Action == BulkAction.SetPriority && spec.Priority is not (>= 1 and <= 5))
            return Bad($"bulk.priority is 1 (first) to 5 (last) with set_priority; it was {spec.Priority?.ToString(null, null) ?? "absent"}.");
        if (spec.Action != BulkAction.SetPriority && spec.Priority is not null) return Bad("bulk.priority goes with set_priority only.");
        if (spec.Action != BulkAction.Cancel && (spec.Force || spec.Reason is not null)) return Bad("bulk.reason and bulk.force go with cancel only.");
        if (TextRules.Problem("bulk.reason", spec.Reason) is { } tooLong) return tooLong;
        if (TaskListRules.Problem(spec.Filter, "bulk.filter") is { } wrong) return wrong;
        return StatesOf(spec).Count > 0 ? null : Bad(
            $"{SnakeCase.Of(spec.Action)} applies to tasks that are {Names(Applicable(spec.Action))}; the filter permits {Names(spec.Filter.States!)} only.");
    }

    /// <summary>Returns the states of the tasks that the bulk changes.</summary>
    public static IReadOnlyList<TaskState> StatesOf(BulkSpec spec) => spec.Filter.States is { Count: > 0 } states
        ? [.. Applicable(spec.Action).Where(states.Contains)]
        : Applicable(spec.Action);

    /// <summary>Returns the filter with the states in which the action applies.</summary>
    public static TaskQuery FilterOf(BulkSpec spec) => spec.Filter with { States = StatesOf(spec) };

    /// <summary>Whether a task still matches when its turn comes.</summary>
    public static bool Matches(BulkSpec spec, TaskEntity task) =>
        StatesOf(spec).Contains(task.State)
        && TaskMatches.Matches(spec.Filter, task);

    /// <summary>
    /// Whether the newest tasks come first: a cancelled task ends those that depend on it, so the dependent tasks, which are newer, come first. Retries and
    /// priorities follow the order of creation.
    /// </summary>
    public static bool NewestFirst(BulkAction action) => action == BulkAction.Cancel;

    private static TaskState[] Applicable(BulkAction action) => action == BulkAction.Retry ? Unsuccessful : Open;

    private static string Names(IEnumerable<TaskState> states) => string.Join(", ", states.Select(SnakeCase.Of));

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
