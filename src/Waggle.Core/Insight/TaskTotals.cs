using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>
/// Tasks of a hive that ended, by the state that they ended in, since the hive began. They count tasks, not attempts, and never fall: retention and the
/// removal of an agent change nothing. A hive whose tasks were stored before these were kept begins with the tasks that its store still has.
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
