using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>
/// Reports the progress of assignments to the hub and their outcome to the program. An assignment ends here with its acknowledgement, or with the reason why
/// none will come. Thread-safe.
/// </summary>
/// <param name="fail">Ends the worker after a hook of the program threw.</param>
internal sealed class LeaseReporter(WaggleWorkerOptions options, LeaseTable leases, RequestTable requests, Action<WaggleException> fail)
{
    public bool WantsAcks => options.OnAcknowledged is not null;

    /// <summary>Sends a message, which is queued before this returns its task; see <see cref="RequestTable.EnqueueAsync"/>.</summary>
    public ValueTask SendAsync(TaskWork work, LeaseMessage message) => requests.EnqueueAsync(new LeaseRequest(requests.NextNumber(), message, work, this));

    public void Repeat(LeaseRequest request, TimeSpan delay) => _ = requests.RepeatAsync(request, delay);

    public void Acknowledged(TaskWork work, TaskAck? ack)
    {
        if (leases.Remove(work.Lease) && ack is not null) Call(() => options.OnAcknowledged?.Invoke(work.Id, work.Attempt, work.Token, ack));
    }

    /// <summary>Ends an assignment without an acknowledgement.</summary>
    public void GiveUp(TaskWork work, string code)
    {
        if (leases.Remove(work.Lease)) Call(() => options.OnRejected?.Invoke(work.Id, work.Attempt, work.Token, code));
    }

    public void ReportRejected(TaskWork work, string code)
    {
        if (code is ErrorCodes.StaleLease or ErrorCodes.NotFound) work.Cancel(CancelCause.Stopped, $"The hub answered {code}.");
        Call(() => options.OnReportRejected?.Invoke(work.Id, work.Attempt, work.Token, code));
    }

    /// <summary>Fails the task permanently, because the hub will never accept its result or question.</summary>
    public void FailInstead(TaskWork work, string code, string text) =>
        _ = SendAsync(work, OutcomeMessages.Fail(work, code, text, retryable: false)).AsTask();

    /// <summary>Confirms the cancellation of a task whose question the hub refused for it.</summary>
    public void ConfirmCancelled(TaskWork work) => _ = SendAsync(work, OutcomeMessages.Cancelled(work)).AsTask();

    /// <summary>Returns an assignment whose handler has not begun.</summary>
    public void ReleaseNow(TaskWork work)
    {
        if (work.TryEnd()) _ = SendAsync(work, OutcomeMessages.Release(work, OutcomeMessages.Stopping)).AsTask();
    }

    /// <summary>Cancels the handler of a lease that the hub does not know; its result no longer counts.</summary>
    public void Stop(LeaseRef lease, string reason)
    {
        if (leases.TryGet(lease, out var work)) work.Cancel(CancelCause.Stopped, reason);
    }

    /// <summary>Cancels the handler of a task that was cancelled.</summary>
    public void Cancel(LeaseRef lease, string? reason)
    {
        if (leases.TryGet(lease, out var work)) work.Cancel(CancelCause.TaskCancelled, reason);
    }

    /// <summary>Sends a message whose answer the handler waits for. It is sent again after a reconnect.</summary>
    /// <exception cref="WaggleException">The hub refused.</exception>
    public Task<TaskAck> AskAsync(LeaseMessage message, CancellationToken cancel) =>
        requests.SendAsync(message, HubJson.Default.TaskAck, repeatable: true, cancel);

    /// <summary>Brings an answer to the handler that waits for it.</summary>
    public void Answered(LeaseRef lease, QuestionAnswer answer)
    {
        if (leases.TryGet(lease, out var work)) work.Answered(answer);
    }

    private void Call(Action hook) => Hook.Call(hook, fail);
}
