using Waggle.Core.Tasks.Verifying;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Computes a task's next value from a record about it. Pure: a fold of the log yields the state.</summary>
internal static class TaskEvolver
{
    public static TaskEntity Create(TaskCreated r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Task,
        Seq = offset,
        Spec = r.Spec,
        Swarm = r.Swarm!,
        State = r.State,
        Priority = r.Priority ?? TaskDefaults.Priority,
        CreatedAt = at,
        CreatedBy = r.CreatedBy,
        UpdatedAt = at,
        QueuedAt = r.State == TaskState.Pending ? at : null,
        RetryOf = r.RetryOf,
        Verifies = r.Verifies,
        MatchingAgents = r.MatchingAgents,
        InputRefs = r.InputRefs,
    };

    public static TaskEntity Evolve(TaskEntity task, TaskRecord record, DateTimeOffset at)
    {
        if (record is TaskUsed used) return Use(task with { UpdatedAt = at }, used);
        var next = task with { State = record.State, UpdatedAt = at };
        if (record.State != TaskState.InputRequired && task.Question is not null) next = next with { Question = null };
        if (record.State != TaskState.Verifying && task.Claim is not null)
            next = next with { Claim = null, Verification = record.State.IsTerminal() ? Verdict.Incomplete : null };
        if (next.Stop is not null && EndOf(record) is not null) next = next with { Stop = null };
        if (record.State.IsTerminal())
            next = next with { EndedAt = at, NextRetryAt = null, CancelDeadline = null, Answers = null, Checkpoint = default, Prefer = null };
        return record switch
        {
            TaskUnblocked => next with { QueuedAt = at },
            TaskAssigned r => Assign(next, r, at),
            TaskStopRequested r => next with { Stop = new(r.Reason, r.RequestedBy, r.Deadline) },
            TaskStarted => next with { Lease = next.Lease! with { StartedAt = at } },
            TaskRequeued r => Requeue(next, r, at),
            TaskVerifying r => Claim(next, r, at),
            TaskReviewing r => next with { Claim = next.Claim! with { SchemaPending = false, Reviews = r.Reviews } },
            TaskReviewed r => next with { Claim = next.Claim! with { Verdicts = [.. next.Claim.Verdicts ?? [], r.Verdict] } },
            TaskRetryScheduled r when task.Claim is not null =>
                Count(next, r.Ended) with { NextRetryAt = r.NextRetryAt, Result = default, ResultRef = null, ClaimedOutcome = null },
            TaskRetryScheduled r => Count(next, r.Ended) with { Lease = null, Lapsed = Lapsed(task, r.Ended), NextRetryAt = r.NextRetryAt },
            TaskInputRequired r => Ask(next, r),
            TaskAnswered r => Answer(next, r, at),
            TaskPriorityChanged r => next with { Priority = r.Priority ?? next.Priority },
            TaskAssigneeChanged r => next with { Assignee = r.Assignee },
            TaskCancelRequested r => next with { CancelRequested = true, CancelReason = r.Reason, CancelledBy = r.RequestedBy, CancelDeadline = r.Deadline },
            TaskCompleted r => Complete(task, next, r),
            TaskFailed r when task.Claim is { } claim => Refute(next, r, claim),
            TaskFailed r => Count(next, r.Ended) with { Error = r.Error, DeadLetter = r.DeadLetter, ClaimedOutcome = "failed", Usage = r.Ended.Usage },
            TaskCancelled r => next with { CancelReason = r.Reason, CancelledBy = r.CancelledBy, Error = r.Error },
            TaskExpired r => next with { Error = new("TIMEOUT", $"{r.Timeout} ran out.") },
            _ => task,
        };
    }

    /// <summary>Returns the entity of the attempt that this record ended; null if it ended none.</summary>
    public static AttemptView? Ended(TaskEntity before, TaskRecord record, DateTimeOffset at)
    {
        if (EndOf(record) is not { } end || (before.Lease ?? before.Lapsed ?? before.Claim?.Lease) is not { } lease) return null;
        return new AttemptView
        {
            Task = before.Id,
            Attempt = end.Attempt,
            Agent = end.Agent,
            Token = end.Token,
            Outcome = end.Outcome,
            AssignedAt = lease.AssignedAt,
            StartedAt = lease.StartedAt,
            EndedAt = before.Claim?.At ?? at,
            Reason = lease.Reason,
            Estimate = lease.Estimate,
            Error = end.Error,
            Usage = UsageSums.Sum(before.AttemptUsage) ?? end.Usage,
            ModelUsage = before.AttemptUsage is { Count: > 1 } models ? models : null,
            LastProgress = end.LastProgress,
            LogTail = end.LogTail,
            ClaimedOutcome = before.Claim is null ? null : AttemptOutcomes.Completed,
            Verification = before.Claim is null ? null : Verdict.Of(end),
        };
    }

    /// <summary>Returns the end of the attempt that this record ended; null if it ended none.</summary>
    public static AttemptEnd? EndOf(TaskRecord record) => record switch
    {
        TaskCompleted r => r.Ended,
        // The question of this task expired. The attempt that asked it, and is named here, ended before.
        TaskFailed { Ended.Outcome: AttemptOutcomes.Asked } => null,
        TaskFailed r => r.Ended,
        TaskRetryScheduled r => r.Ended,
        TaskRequeued r => r.Ended,
        TaskInputRequired r => r.Ended,
        TaskCancelled r => r.Ended,
        TaskExpired r => r.Ended,
        _ => null,
    };

    private static TaskEntity Assign(TaskEntity next, TaskAssigned r, DateTimeOffset at) => next with
    {
        Attempt = r.Attempt,
        Lapsed = null,
        Prefer = null,
        Usage = null,
        AttemptUsage = null,
        Lease = new LeaseInfo
        {
            Agent = r.Agent,
            Attempt = r.Attempt,
            Token = r.Token,
            AssignedAt = at,
            Reason = r.AssignmentReason,
            Estimate = r.Estimate,
        },
    };

    // Usage of an earlier attempt, which came late, is part of the total alone.
    private static TaskEntity Use(TaskEntity next, TaskUsed r)
    {
        if (r.Attempt != next.Attempt) return next with { TotalUsage = UsageSums.Add(next.TotalUsage, r.Added) };
        var models = AttemptUsage.With(next.AttemptUsage, r.Usage);
        return next with { AttemptUsage = models, Usage = UsageSums.Sum(models), TotalUsage = UsageSums.Add(next.TotalUsage, r.Added) };
    }

    private static TaskEntity Requeue(TaskEntity next, TaskRequeued r, DateTimeOffset at) => (r.Ended is null ? next : Count(next, r.Ended)) with
    {
        Lease = null,
        Lapsed = r.Ended is null ? next.Lapsed : Lapsed(next, r.Ended),
        NextRetryAt = null,
        QueuedAt = at,
        FirstQueuedAt = next.FirstQueuedAt ?? next.QueuedAt,
    };

    // A worker that is lost while it waits leaves the question as it is.
    private static TaskEntity Ask(TaskEntity next, TaskInputRequired r)
    {
        var lease = next.Lease!;
        var asked = next.Question ?? new AskedQuestion(r.Question, r.QuestionText, lease.Agent, lease.Attempt, lease.Token);
        return r.Ended is not { } end
            ? next with { Question = asked }
            : Count(next, end) with { Question = asked, Lease = null, Lapsed = Lapsed(next, end) };
    }

    private static TaskEntity Answer(TaskEntity next, TaskAnswered r, DateTimeOffset at)
    {
        var answers = KeptAnswers.With(next.Answers, r.Answer);
        if (r.State != TaskState.Pending) return next with { Answers = answers };
        return next with
        {
            Answers = answers,
            Prefer = r.Agent,
            QueuedAt = at,
            FirstQueuedAt = next.FirstQueuedAt ?? next.QueuedAt,
        };
    }

    private static TaskEntity Claim(TaskEntity next, TaskVerifying r, DateTimeOffset at) => next with
    {
        Result = r.Result,
        ResultRef = r.ResultRef,
        ClaimedOutcome = AttemptOutcomes.Completed,
        Usage = r.Ended.Usage,
        Lease = null,
        Lapsed = null,
        Stop = null,
        Claim = new()
        {
            Lease = (next.Lease ?? next.Lapsed)!,
            Ended = r.Ended with { Standing = null },
            DurationMs = r.DurationMs,
            At = at,
            Deadline = r.Deadline,
            SchemaPending = r.Schema,
        },
    };

    private static TaskEntity Complete(TaskEntity task, TaskEntity next, TaskCompleted r) => next with
    {
        Result = r.Result,
        ResultRef = r.ResultRef,
        ClaimedOutcome = AttemptOutcomes.Completed,
        VerifiedOutcome = task.Claim is null ? null : AttemptOutcomes.Completed,
        Verification = task.Claim is not null ? Verdict.Passed : task.Spec.Verify is null ? null : Verdict.Skipped,
        Usage = UsageSums.Sum(next.AttemptUsage) ?? r.Ended.Usage,
        Lease = next.Lease ?? next.Lapsed ?? task.Claim?.Lease,
        Lapsed = null,
    };

    private static TaskEntity Refute(TaskEntity next, TaskFailed r, Claim claim)
    {
        var verification = Verdict.Of(r.Ended);
        return Count(next, r.Ended) with
        {
            Error = r.Error,
            DeadLetter = r.DeadLetter,
            VerifiedOutcome = verification == Verdict.Failed ? AttemptOutcomes.Failed : null,
            Verification = verification,
            Lease = claim.Lease,
        };
    }

    private static TaskEntity Count(TaskEntity task, AttemptEnd end)
    {
        var counted = end.Outcome switch
        {
            AttemptOutcomes.Failed or AttemptOutcomes.Timeout => task with { Failures = task.Failures + 1 },
            AttemptOutcomes.Lost => task with { Losses = task.Losses + 1 },
            AttemptOutcomes.Refused => task with { Refusals = task.Refusals + 1 },
            _ => task,
        };
        if ((ReferenceEquals(counted, task) && end.Outcome != AttemptOutcomes.NotStarted) || task.Avoid?.Contains(end.Agent) == true) return counted;
        return counted with { Avoid = [.. task.Avoid ?? [], end.Agent] };
    }

    private static LeaseInfo? Lapsed(TaskEntity task, AttemptEnd end) => end.Outcome is AttemptOutcomes.Lost or AttemptOutcomes.NotStarted ? task.Lease : null;
}
