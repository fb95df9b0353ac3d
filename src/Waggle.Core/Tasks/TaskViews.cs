using Waggle.Core.Durations;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Matching;
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
        ModelUsage = task.AttemptUsage is { Count: > 1 } models ? models : null,
        TotalUsage = task.TotalUsage,
        ClaimedOutcome = task.ClaimedOutcome,
        VerifiedOutcome = task.VerifiedOutcome,
        Verification = task.Verification,
        Verdicts = task.Claim?.Verdicts,
        Verifies = task.Verifies,
        RetryOf = task.RetryOf,
        PurgedAt = task.PurgedAt,
        PurgedBy = task.PurgedBy,
        Question = task.Question?.Id,
        InputRefs = task.InputRefs,
    };

    internal static TaskView Of(TaskEntity task, IHiveView view, DateTimeOffset now)
    {
        var progress = view.Activity(task.Id)?.Progress;
        return Of(task) with
        {
            Checkpoint = task.Checkpoint,
            Progress = progress,
            RemainingMs = Remaining(task, progress, view, now),
            UnschedulableReason = task.State == TaskState.Pending ? Eligibility.Explain(task, view) : null,
            WaitingFor = view.WaitingFor(task.Id),
            StopReason = task.Stop?.Reason,
        };
    }

    /// <summary>Returns the time that a held task will still need, in milliseconds; null without a basis.</summary>
    /// <param name="progress">The progress that the worker reported; null if it reported none.</param>
    internal static long? Remaining(TaskEntity task, double? progress, IHiveView view, DateTimeOffset now)
    {
        if (!task.State.IsHeld() || task.Lease is not { } lease) return null;
        var elapsed = lease.StartedAt is { } started ? now - started : TimeSpan.Zero;
        return view.View<IDurationView>().Durations(lease.Agent, task.Spec.Type)?.Remaining((long)elapsed.TotalMilliseconds, progress);
    }
}
