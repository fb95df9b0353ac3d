using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>Runs the handler for each assignment of a worker and turns its outcome into the assignment's last message. Thread-safe.</summary>
/// <param name="contents">What is too long for a message.</param>
internal sealed class TaskRunner(
    WorkerState state,
    Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler,
    LeaseReporter reporter,
    ReportFlusher flusher,
    TimeProvider time,
    LongContents contents,
    Func<TaskWork, CancellationToken, Task<McpAccess>> grant)
{
    public Reports ReportsFor(TaskWork work) => new(work, reporter, flusher, time);

    public Task<McpAccess> GrantAsync(TaskWork work, CancellationToken cancel) => grant(work, cancel);

    public TaskQuestions QuestionsFor(TaskWork work) => new(work, reporter);

    public async Task KeepAsync(TaskWork work, RawJson checkpoint, CancellationToken cancel) => await reporter.AskAsync(
        new TaskCheckpoint { Task = work.Id, Attempt = work.Attempt, Token = work.Token, Checkpoint = checkpoint }, cancel);

    public async Task RunAsync(TaskWork work)
    {
        // The message precedes the handler, because the hub measures the attempt from it and the handler's log follows it.
        if (!work.Cancelled.IsCancellationRequested)
            await reporter.SendAsync(work, new TaskStart { Task = work.Id, Attempt = work.Attempt, Token = work.Token });
        var last = await EndAsync(work);
        if (!work.TryEnd()) return;
        // A result and a failure carry the usage; whatever else ends the attempt, what it used was used.
        await work.CloseReportsAsync(last is TaskComplete or TaskFail ? null : work.Usage);
        if (last is null) reporter.GiveUp(work, ErrorCodes.StaleLease);
        else await reporter.SendAsync(work, last);
    }

    /// <summary>Returns the assignment's last message; null if the hub needs none.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a handler throws fails its task and nothing else.")]
    private async ValueTask<LeaseMessage?> EndAsync(TaskWork work)
    {
        Activity? span = null;
        try
        {
            work.Cancelled.ThrowIfCancellationRequested();
            span = Tracing.Run(work, state.AgentId);
            await contents.FillAsync(work);
            var result = await handler(work, work.Cancelled);
            // The worker sends it even after a stop, so that the hub shows it as an orphan and does not lose it.
            var complete = new TaskComplete { Task = work.Id, Attempt = work.Attempt, Token = work.Token, Usage = work.Usage };
            return contents.IsTooLong(result) ? complete with { ResultRef = await contents.UploadAsync(work, result) } : complete with { Result = result };
        }
        catch (Exception e)
        {
            span?.Failed(e);
            return AfterFailure(work, e);
        }
        finally
        {
            span?.Dispose();
        }
    }

    private LeaseMessage? AfterFailure(TaskWork work, Exception failure)
    {
        switch (failure)
        {
            case OperationCanceledException when work.Cancelled.IsCancellationRequested:
                return AfterCancel(work);
            case var _ when work.CancelCause == CancelCause.Stopped:
                return null;
            // A worker that is stopping returns the task and does not refuse it, so that the next attempt need not wait.
            case TaskRefusedException refused when !state.IsStopping:
                return OutcomeMessages.Refuse(work, refused.Message);
            case TaskRefusedException refused:
                return OutcomeMessages.Release(work, refused.Message);
            // Nobody answers a question of a task under cancellation.
            case InputRequiredException when work.CancelCause == CancelCause.TaskCancelled:
                return AfterCancel(work);
            case InputRequiredException asked:
                return OutcomeMessages.Ask(work, asked);
            case TaskFailedException failed:
                return OutcomeMessages.Fail(work, failed.Code, failed.Message, failed.Retryable, failed.RetryAfter);
            default:
                return OutcomeMessages.Fail(work, failure.GetType().Name, failure.Message, retryable: true);
        }
    }

    private static LeaseMessage? AfterCancel(TaskWork work) => work.CancelCause switch
    {
        CancelCause.TaskCancelled => OutcomeMessages.Cancelled(work),
        CancelCause.LeaseLost => OutcomeMessages.Release(work, "The lease was not renewed in time."),
        CancelCause.WorkerStopping => OutcomeMessages.Release(work, OutcomeMessages.Stopping),
        _ => null,
    };
}
