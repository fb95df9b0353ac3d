using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Verifying;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// A task without its payload: ids, states, times, counts, usage, capabilities and the codes of errors stay; texts, inputs, results and the keys of flow
/// control go. The idempotency key stays, so that a creation that is repeated creates nothing. Pure.
/// </summary>
internal static class TaskErasure
{
    public static TaskEntity Of(TaskEntity task) => task with
    {
        Spec = Of(task.Spec),
        Result = default,
        ResultRef = null,
        Error = Of(task.Error),
        CancelReason = PurgedText.Of(task.CancelReason),
        Claim = null,
        Question = null,
        Answers = null,
        Checkpoint = default,
        InputRefs = null,
        Stop = null,
    };

    public static AttemptView Of(AttemptView attempt) => attempt with { Error = Of(attempt.Error), LogTail = null };

    public static RecordData Of(TaskRecord record)
    {
        TaskRecord erased = record switch
        {
            TaskCreated r => r with { Spec = Of(r.Spec), InputRefs = null },
            TaskRequeued r => r with { Ended = Of(r.Ended) },
            TaskRetryScheduled r => r with { Ended = Of(r.Ended)! },
            TaskVerifying r => r with { Ended = Of(r.Ended)!, Result = default, ResultRef = null },
            TaskReviewed r => r with { Verdict = r.Verdict with { Reason = PurgedText.Of(r.Verdict.Reason) } },
            TaskInputRequired r => r with { QuestionText = PurgedText.Text, Ended = Of(r.Ended) },
            TaskAnswered r => r with { Answer = r.Answer with { Key = null, Answer = default } },
            TaskCancelRequested r => r with { Reason = PurgedText.Of(r.Reason) },
            TaskStopRequested r => r with { Reason = PurgedText.Text },
            TaskCompleted r => r with { Ended = Of(r.Ended)!, Result = default, ResultRef = null },
            TaskFailed r => r with { Ended = Of(r.Ended)!, Error = Of(r.Error)! },
            TaskCancelled r => r with { Reason = PurgedText.Of(r.Reason), Error = Of(r.Error), Ended = Of(r.Ended) },
            TaskExpired r => r with { Ended = Of(r.Ended) },
            TaskOrphanResult r => r with { Result = default, ResultRef = null },
            _ => record,
        };
        return erased with { Title = PurgedText.Text };
    }

    private static TaskSpec Of(TaskSpec spec) => spec with
    {
        Title = PurgedText.Text,
        Input = default,
        Metadata = null,
        Verify = null,
        Concurrency = null,
        Fairness = null,
        Rate = null,
        Singleton = null,
        Debounce = null,
    };

    private static AttemptEnd? Of(AttemptEnd? end) => end is null ? null : end with { Error = Of(end.Error), LogTail = null };

    private static TaskError? Of(TaskError? error) => error is null ? null : error with { Message = PurgedText.Text };
}
