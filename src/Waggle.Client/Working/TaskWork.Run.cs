using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

public sealed partial class TaskWork : IThreadPoolWorkItem
{
    private Activity? _span;

    /// <summary>Queued on the thread pool as itself: one allocation less for each task.</summary>
    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        // Before the handler: the hub measures the attempt from this message, and what the handler logs comes after it.
        if (!_cancel.IsCancellationRequested) await _worker.SendAsync(this, new TaskStart { Task = Id, Attempt = Attempt, Token = Token });
        var last = await EndAsync();
        _span?.Dispose();
        if (!TryEnd()) return;
        await CloseReportsAsync();
        if (last is null) _worker.GiveUp(this, ErrorCodes.StaleLease);
        else await _worker.SendAsync(this, last);
    }

    /// <summary>The assignment's last message; null when the hub wants none.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a handler throws fails its task and nothing else.")]
    private async ValueTask<LeaseMessage?> EndAsync()
    {
        try
        {
            _cancel.Token.ThrowIfCancellationRequested();
            _span = Tracing.Run(this, _worker.AgentId);
            var result = await _worker.Handler(this, _cancel.Token);
            // Also after a stop: then the hub shows it as an orphan instead of losing it.
            var complete = new TaskComplete { Task = Id, Attempt = Attempt, Token = Token, Usage = Usage };
            return _worker.IsTooLongForAMessage(result)
                ? complete with { ResultRef = await UploadAsync(result) }
                : complete with { Result = result };
        }
        catch (Exception e)
        {
            _span?.Failed(e);
            return AfterFailure(e);
        }
    }

    private async Task<ResultRef> UploadAsync(RawJson result)
    {
        try
        {
            return await _worker.UploadAsync(this, result, _cancel.Token);
        }
        catch (WaggleException e)
        {
            throw new TaskFailedException("RESULT_REJECTED", $"The result of {result.Utf8.Length} bytes could not be delivered: {e.Message}", retryable: false);
        }
    }

    private LeaseMessage? AfterFailure(Exception failure)
    {
        switch (failure)
        {
            case OperationCanceledException when _cancel.IsCancellationRequested:
                return Cancelled();
            case var _ when CancelCause == CancelCause.Stopped:
                return null;
            // A worker that is stopping hands back and refuses nothing: the next attempt should not have to wait.
            case TaskRefusedException refused when !_worker.IsStopping:
                return new TaskRefuse { Task = Id, Attempt = Attempt, Token = Token, Reason = Clip(refused.Message) };
            case TaskRefusedException refused:
                return Released(refused.Message);
            case TaskFailedException failed:
                return Failed(failed.Code, failed.Message, failed.Retryable, (long?)failed.RetryAfter?.TotalMilliseconds);
            default:
                return Failed(failure.GetType().Name, failure.Message, retryable: true, retryAfterMs: null);
        }
    }

    private LeaseMessage? Cancelled() => CancelCause switch
    {
        CancelCause.TaskCancelled => new TaskCancelled { Task = Id, Attempt = Attempt, Token = Token },
        CancelCause.LeaseLost => Released("The lease was not renewed in time."),
        CancelCause.WorkerStopping => Released("The worker is stopping."),
        _ => null,
    };

    internal TaskRelease Released(string reason) => new() { Task = Id, Attempt = Attempt, Token = Token, Reason = Clip(reason) };

    internal TaskFail Failed(string code, string message, bool retryable, long? retryAfterMs) => new()
    {
        Task = Id,
        Attempt = Attempt,
        Token = Token,
        Error = new TaskError(PlainText.Clip(code, Limits.MaxErrorCodeLength), Clip(message)),
        Retryable = retryable,
        RetryAfterMs = retryAfterMs,
        Usage = Usage,
    };

    private static string Clip(string text) => PlainText.Clip(text, Limits.MaxTextLength);
}
