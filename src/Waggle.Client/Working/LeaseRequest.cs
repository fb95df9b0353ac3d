using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>A worker's message about a lease. The hub applies all of them by compare-and-set, so they may be sent twice.</summary>
internal sealed class LeaseRequest(long number, LeaseMessage message, TaskWork work, LeaseReporter reporter) : Request(number, message, repeatable: true)
{
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private TimeSpan _pause = DefaultPause;

    private bool IsLast => Message is not (TaskStart or TaskProgress or TaskLog or TaskUsage);

    public override void Answered(Reply reply, int generation)
    {
        if (!IsLast) return;
        TaskAck? ack = null;
        try
        {
            if (reporter.WantsAcks) ack = JsonSerializer.Deserialize(reply.Result.Utf8.Span, HubJson.Default.TaskAck);
        }
        catch (JsonException)
        {
            // The hub accepted the message; only its answer cannot be read.
            reporter.GiveUp(work, ClientErrorCodes.Protocol);
            return;
        }

        reporter.Acknowledged(work, ack);
    }

    public override void Refused(ErrorMessage error)
    {
        var later = error.RetryAfterMs is not null || error.Code is ErrorCodes.StoreUnavailable or ErrorCodes.StoreFull or ErrorCodes.Internal;
        // The next progress report replaces this one; every other message stays until the hub accepts it.
        if (later && Message is not TaskProgress) reporter.Repeat(this, error.RetryAfterMs is { } ms ? TimeSpan.FromMilliseconds(ms) : DefaultPause);
        else if (Message is TaskAsk && error.Code == ErrorCodes.QuotaExceeded) AskLater();
        else if (IsLast) Rejected(error.Code, error.Message);
        else reporter.ReportRejected(work, error.Code);
    }

    public override void Failed(WaggleException reason)
    {
        if (IsLast) Rejected(reason.Code, reason.Message);
    }

    // The hub has as many open questions as it may. Each answer makes room for another, so the question is no fault of the task. The worker keeps the lease.
    private void AskLater()
    {
        reporter.Repeat(this, _pause);
        _pause = 2 * _pause < LongestPause ? 2 * _pause : LongestPause;
    }

    private void Rejected(string code, string text)
    {
        // The end counts more than its usage: it is sent again without it, and the program learns of the usage.
        if (code is ErrorCodes.InvalidRequest or ErrorCodes.QuotaExceeded && WithoutUsage() is { } plain)
        {
            reporter.ReportRejected(work, code);
            _ = reporter.SendAsync(work, plain).AsTask();
        }
        // A result that the hub can never accept would leave the task open until its lease expires, and the next attempt after it.
        else if (Message is TaskComplete && code is ErrorCodes.TooLarge or ErrorCodes.InvalidRequest)
            reporter.FailInstead(work, "RESULT_REJECTED", $"The result could not be delivered: {text}");
        else if (Message is TaskAsk && code is not (ErrorCodes.StaleLease or ErrorCodes.NotFound or ErrorCodes.InvalidState))
            reporter.FailInstead(work, "QUESTION_REJECTED", $"The question could not be asked: {text}");
        // The question met the cancellation of its task. Without a last message the task would stay under cancellation until its deadline.
        else if (Message is TaskAsk && code == ErrorCodes.InvalidState && work.CancelCause == CancelCause.TaskCancelled) reporter.ConfirmCancelled(work);
        else reporter.GiveUp(work, code);
    }

    private LeaseMessage? WithoutUsage() => Message switch
    {
        TaskComplete { Usage: not null } complete => complete with { Usage = null },
        TaskFail { Usage: not null } fail => fail with { Usage = null },
        _ => null,
    };
}
