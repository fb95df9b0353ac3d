using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Verifying;

/// <summary>The ends of a verification and the task after each.</summary>
internal static class Verdict
{
    public const string Passed = "passed";
    public const string Failed = "failed";
    public const string Incomplete = "incomplete";
    public const string Skipped = "skipped";
    public const string FailedCode = "VERIFICATION_FAILED";
    public const string IncompleteCode = "VERIFICATION_INCOMPLETE";

    /// <summary>Returns the result of the checks of a claim that ended so.</summary>
    public static string Of(AttemptEnd end) =>
        end.Outcome == AttemptOutcomes.Completed ? Passed : end.Error?.Code == FailedCode ? Failed : Incomplete;

    /// <summary>The result passed all checks, so the task is completed.</summary>
    public static IReadOnlyList<RecordData> Pass(TaskEntity task, IHiveView view)
    {
        var claim = task.Claim!;
        var end = AttemptEnding.Judged(task, view, AttemptOutcomes.Completed, null, claim.DurationMs);
        return
        [
            task.Record(() => new TaskCompleted
            {
                Task = task.Id,
                Title = task.Spec.Title,
                State = TaskState.Completed,
                Ended = end,
                Result = task.Result,
                ResultRef = task.ResultRef,
                CancelRequested = task.CancelRequested,
                DurationMs = claim.DurationMs,
            }),
        ];
    }

    /// <summary>A check refuted the result. The attempt counts as a failure, and another agent may try.</summary>
    public static IReadOnlyList<RecordData> Fail(TaskEntity task, IHiveView view, string reason, in DecisionContext context)
    {
        var error = new TaskError(FailedCode, Protocol.Json.PlainText.Clip(reason, Protocol.Limits.MaxTextLength));
        var end = AttemptEnding.Judged(task, view, AttemptOutcomes.Failed, error, null);
        return [AttemptEnding.FailOrRetry(task, end, retryable: true, null, context)];
    }

    /// <summary>The checks reached no verdict in time. Another attempt would not help, so the task fails.</summary>
    public static IReadOnlyList<RecordData> GiveUp(TaskEntity task, IHiveView view, string reason, in DecisionContext context)
    {
        var error = new TaskError(IncompleteCode, reason);
        var end = AttemptEnding.Judged(task, view, AttemptOutcomes.Failed, error, null);
        return [AttemptEnding.FailOrRetry(task, end, retryable: false, null, context)];
    }
}
