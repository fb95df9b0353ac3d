using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Builds the views of tasks, from their durable state alone or with the owner's state in memory.</summary>
public static class TaskViews
{
    /// <summary>Returns the view of a stored task, without the progress and the reason for waiting, which only the owner has.</summary>
    public static TaskView Of(TaskEntity task) => new()
    {
        Id = task.Id,
        Spec = task.Spec,
        Swarm = task.Swarm,
        State = task.State,
        Priority = task.Priority,
        Assignee = task.OnlyFor,
        CreatedAt = task.CreatedAt,
        UpdatedAt = task.UpdatedAt,
        EndedAt = task.EndedAt,
        CreatedBy = task.CreatedBy,
        Attempt = task.Attempt,
        Failures = task.Failures,
        Losses = task.Losses,
        Refusals = task.Refusals,
        NextRetryAt = task.NextRetryAt,
        Lease = task.Lease,
        Result = task.Result,
        ResultRef = task.ResultRef,
        Error = task.Error,
        DeadLetter = task.DeadLetter,
        CancelRequested = task.CancelRequested,
        CancelReason = task.CancelReason,
        CancelledBy = task.CancelledBy,
        Usage = task.Usage,
        ClaimedOutcome = task.ClaimedOutcome,
        VerifiedOutcome = task.VerifiedOutcome,
        Verification = task.Verification,
        RetryOf = task.RetryOf,
    };

    internal static TaskView Of(TaskEntity task, IHiveView view) => Of(task) with
    {
        Progress = view.Activity(task.Id)?.Progress,
        UnschedulableReason = task.State == TaskState.Pending ? Matching.Eligibility.Explain(task, view) : null,
    };
}
