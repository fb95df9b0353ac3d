using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>
/// The number of a hive's tasks that ended since the hive began, by their final state. The totals count tasks, not attempts, and never fall: retention and the
/// removal of an agent do not change them. In a hive with tasks from before the totals existed, they begin with the tasks that the store still has.
/// </summary>
public sealed record TaskTotals
{
    public long Completed { get; init; }
    public long Failed { get; init; }
    public long Cancelled { get; init; }
    public long Expired { get; init; }
    public long Rejected { get; init; }

    internal static IReadOnlyList<TaskState> States { get; } =
        [TaskState.Completed, TaskState.Failed, TaskState.Cancelled, TaskState.Expired, TaskState.Rejected];

    internal TaskTotals With(TaskState ended, long more = 1) => ended switch
    {
        TaskState.Completed => this with { Completed = Completed + more },
        TaskState.Failed => this with { Failed = Failed + more },
        TaskState.Cancelled => this with { Cancelled = Cancelled + more },
        TaskState.Expired => this with { Expired = Expired + more },
        TaskState.Rejected => this with { Rejected = Rejected + more },
        _ => this,
    };
}
