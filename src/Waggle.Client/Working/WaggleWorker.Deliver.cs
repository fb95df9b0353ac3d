using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

public sealed partial class WaggleWorker
{
    /// <summary>Queued before this returns its task; see <see cref="WaggleConnection.EnqueueAsync"/>.</summary>
    internal ValueTask SendAsync(TaskWork work, LeaseMessage message) =>
        Connection.EnqueueAsync(new LeaseRequest(Connection.NextNumber(), message, work, this));

    internal void Repeat(LeaseRequest request, TimeSpan delay) => _ = Connection.RepeatAsync(request, delay);

    internal void Acknowledged(TaskWork work, TaskAck? ack)
    {
        if (_leases.Remove(work.Lease) && ack is not null) Call(() => _options.OnAcknowledged?.Invoke(work.Id, work.Attempt, work.Token, ack));
    }

    /// <summary>The assignment is over without an acknowledgement.</summary>
    internal void GiveUp(TaskWork work, string code)
    {
        if (_leases.Remove(work.Lease)) Call(() => _options.OnRejected?.Invoke(work.Id, work.Attempt, work.Token, code));
    }

    internal void ReportRejected(TaskWork work, string code)
    {
        if (code is ErrorCodes.StaleLease or ErrorCodes.NotFound) work.Cancel(CancelCause.Stopped, $"The hub answered {code}.");
        Call(() => _options.OnReportRejected?.Invoke(work.Id, work.Attempt, work.Token, code));
    }

    internal void FailInstead(TaskWork work, string text) =>
        _ = SendAsync(work, work.Failed("RESULT_REJECTED", $"The result could not be delivered: {text}", retryable: false, retryAfterMs: null)).AsTask();

    private void ReleaseNow(TaskWork work)
    {
        if (work.TryEnd()) _ = SendAsync(work, work.Released("The worker is stopping.")).AsTask();
    }

    private void Call(Action hook)
    {
        try
        {
            hook();
        }
#pragma warning disable CA1031 // A hook of the program failed: that ends the worker, loudly, wherever it was called from.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Connection.Finish(new WaggleException(ClientErrorCodes.Closed, $"A hook threw: {e.Message}", inner: e));
        }
    }
}
