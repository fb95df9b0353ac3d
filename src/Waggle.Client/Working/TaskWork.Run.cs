using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

public sealed partial class TaskWork : IThreadPoolWorkItem
{
    private bool _running;
    private Activity? _span;

    /// <summary>Queued on the thread pool as itself: one allocation less for each task.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a handler throws fails its task and nothing else.")]
    void IThreadPoolWorkItem.Execute()
    {
        ValueTask<RawJson> outcome;
        try
        {
            _cancel.Token.ThrowIfCancellationRequested();
            Volatile.Write(ref _running, true);
            _span = Tracing.Run(this, _worker.AgentId);
            outcome = _worker.Handler(this, _cancel.Token);
        }
        catch (Exception e)
        {
            outcome = ValueTask.FromException<RawJson>(e);
        }

        _ = RunAsync(outcome);
    }

    private async Task RunAsync(ValueTask<RawJson> outcome)
    {
        // A result that is there at once implies the start; anything else is seen as running while it runs.
        if (!outcome.IsCompleted) await StartAsync();
        var last = await EndAsync(outcome);
        _span?.Dispose();
        if (!TryEnd()) return;
        await CloseReportsAsync();
        if (last is null) _worker.GiveUp(this, ErrorCodes.StaleLease);
        else await _worker.SendAsync(this, last);
    }

    /// <summary>The assignment's last message; null when the hub wants none.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a handler throws fails its task and nothing else.")]
    private async ValueTask<LeaseMessage?> EndAsync(ValueTask<RawJson> outcome)
    {
        try
        {
            var result = await outcome;
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
            await StartAsync();
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
            case TaskRefusedException refused when Volatile.Read(ref _started) == 0 && !_worker.IsStopping:
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
        Error = new TaskError(code, Clip(message)),
        Retryable = retryable,
        RetryAfterMs = retryAfterMs,
        Usage = Usage,
    };

    private static string Clip(string text) => text.Length <= Limits.MaxTextLength ? text : text[..Limits.MaxTextLength];
}
